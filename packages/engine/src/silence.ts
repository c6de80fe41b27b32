import type { NodeId, Pod } from "@outrigger/types";
import { createdAtMs } from "./assess/agent-pod.ts";
import type { Change } from "./changes.ts";
import type { Run } from "./run.ts";
import { isoTime, parseTime } from "./time.ts";

// Most plugins answer sooner, and an agent says within seconds what it waits for.
const SILENT_AFTER_MS = 15_000;
// From then on it is worth a question whether it may do at all what it has to.
const DOUBT_AFTER_MS = 10_000;
// Somebody may have granted since what was missing.
const ASK_AGAIN_AFTER_MS = 10_000;

/** What the nodes that wait can be told of an agent that says nothing, and what is to be asked about it. */
export interface Heard {
  readonly words: string | undefined;
  readonly questions: readonly Change[];
}

export const NOTHING_HEARD: Heard = { words: undefined, questions: [] };

/**
 * A pod that runs, whose agent has said nothing of any step, not even that it waits for a plugin: it may lack a permission, or its
 * call is slow.
 */
export function listenToPod(run: Run, pod: Pod): Heard {
  const { nowMs, agentRights } = run.world;
  const sinceMs = silentSinceMs(run, createdAtMs(pod) ?? 0);
  if (sinceMs === undefined) return NOTHING_HEARD;
  const doubtAtMs = sinceMs + DOUBT_AFTER_MS;
  if (nowMs < doubtAtMs) {
    run.wakeAt(doubtAtMs);
    return NOTHING_HEARD;
  }
  const missing = agentRights?.missing ?? [];
  return {
    words: missing.length > 0 ? lackOf(pod, missing) : untilLong(run, sinceMs, silenceOf(pod)),
    questions: questionsAbout(run, pod),
  };
}

function questionsAbout(run: Run, pod: Pod): readonly Change[] {
  const { nowMs, agentRights } = run.world;
  const askAtMs = agentRights === undefined ? nowMs : agentRights.askedAtMs + ASK_AGAIN_AFTER_MS;
  if (askAtMs <= nowMs) {
    run.wakeAt(nowMs); // with the answer
    return [{ kind: "reviewAgentRights", order: "before", serviceAccount: accountOf(pod) }];
  }
  if (agentRights !== undefined && agentRights.missing.length > 0) run.wakeAt(askAtMs);
  return [];
}

/** `where`: why there is no pod. */
export function listenToSharedAgent(run: Run, where: string): string | undefined {
  const sinceMs = silentSinceMs(run, 0);
  if (sinceMs === undefined) return undefined;
  return untilLong(run, sinceMs, (since) => `${where}; no word from the shared agent since ${since}`);
}

/** The service account that a pod runs under. */
export function accountOf({ spec }: Pod): string {
  const name = spec?.["serviceAccountName"];
  return typeof name === "string" && name !== "" ? name : "default";
}

function lackOf(pod: Pod, missing: readonly string[]): string {
  return `agent pod ${pod.metadata.name ?? ""} runs, but its service account ${accountOf(pod)} may not ${missing.join(", ")}; granted, the step goes on (docs/operate.md)`;
}

function silenceOf({ metadata: { name = "" } }: Pod): (since: string) => string {
  return (since) =>
    `no word of this step since ${since}: agent pod ${name} runs (kubectl logs ${name} -c main tells what it does)`;
}

function untilLong(run: Run, sinceMs: number, words: (since: string) => string): string | undefined {
  if (run.world.nowMs >= sinceMs + SILENT_AFTER_MS) return words(isoTime(sinceMs));
  run.wakeAt(sinceMs + SILENT_AFTER_MS);
  return undefined;
}

/** Since when the nodes that wait have had to do without a word; undefined if one of them has had one. */
function silentSinceMs(run: Run, notBeforeMs: number): number | undefined {
  if (run.waiting.some(({ id }) => run.resultOf(id) !== undefined)) return undefined;
  const startOf = (id: NodeId): number => parseTime(run.tree.byId(id)?.startedAt) ?? run.world.nowMs;
  const firstMs = run.waiting.reduce((earliestMs, { id }) => Math.min(earliestMs, startOf(id)), Infinity);
  return Math.max(firstMs, notBeforeMs);
}
