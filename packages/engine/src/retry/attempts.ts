import type { NodeStatus } from "@outrigger/types";
import type { NodeTree } from "../nodes/tree.ts";
import { fixedScope } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import { parseTime } from "../time.ts";

/** The attempts below a Retry node, in their order; hooks are its children, too. */
export function attemptsOf(tree: NodeTree, retry: NodeStatus): readonly NodeStatus[] {
  const children = Array.from(tree.childrenOf(retry.id)).flatMap((id) => tree.byId(id) ?? []);
  return children.filter(({ nodeFlag }) => nodeFlag?.retried === true);
}

/** The name of an attempt's node. */
export function nameOfAttempt(retryName: string, index: number): string {
  return `${retryName}(${index})`;
}

/** `retries`, the number of an attempt, and `lastRetry.…`, how the attempt before it ended. `exitCode`: where that has none. */
export function attemptScope(retries: number, last: NodeStatus | undefined, exitCode: string): Scope {
  return fixedScope({
    retries: String(retries),
    "lastRetry.exitCode": last?.outputs?.exitCode ?? exitCode,
    "lastRetry.status": last?.phase ?? "",
    "lastRetry.duration": String(last === undefined ? 0 : Math.floor(durationMs(last) / 1_000)),
    "lastRetry.message": last?.message ?? "",
  });
}

export function durationMs({ startedAt, finishedAt }: NodeStatus): number {
  const startMs = parseTime(startedAt);
  const endMs = parseTime(finishedAt);
  return startMs === undefined || endMs === undefined ? 0 : Math.max(0, endMs - startMs);
}
