import type { KubeClient, ObjectRef } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { EXIT_CODES } from "./exit-codes.ts";
import type { ExitCode } from "./exit-codes.ts";
import { followWorkflows, statusOf, viewOf } from "./follow-workflows.ts";
import type { LiveView } from "./render/live-view.ts";

export interface ShowOptions {
  readonly client: KubeClient;
  readonly refs: readonly ObjectRef[];
  readonly signal: AbortSignal;
}

const REDRAW_MS = 1_000; // so that the time of a step that runs is seen to pass

/** Shows Workflows live until they have ended, or the signal says to stop; answers them as they are then. */
export async function showWorkflows(
  { client, refs, signal }: ShowOptions,
  view: LiveView,
): Promise<readonly KubeObject[]> {
  let latest: Parameters<LiveView["update"]>[0] = [];
  const redraw = setInterval(() => view.update(latest, Date.now()), REDRAW_MS);
  try {
    const onChange = (views: typeof latest): void => {
      latest = views;
      view.update(views, Date.now());
    };
    const ended = await followWorkflows({ client, refs, onChange, signal });
    view.finish(ended.map(viewOf), Date.now());
    return ended;
  } finally {
    clearInterval(redraw);
  }
}

/** Whether all of them are there, and Succeeded. */
export function exitCodeOf(workflows: readonly KubeObject[], expected: number): ExitCode {
  const succeeded = workflows.filter((workflow) => statusOf(workflow).phase === "Succeeded");
  return succeeded.length === expected ? EXIT_CODES.success : EXIT_CODES.failed;
}
