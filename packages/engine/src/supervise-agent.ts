import {
  AGENT_SHARED,
  ENV_AGENT_PODS,
  LABEL_AGENT,
  LABEL_WARM_POOL,
  LABEL_WORKFLOW,
  isCompleted,
} from "@outrigger/types";
import type { NodeId, Pod, Template, Workflow, WorkflowTaskSet } from "@outrigger/types";
import { assessAgentPod, createdAtMs } from "./assess/agent-pod.ts";
import type { AgentPodState } from "./assess/agent-pod.ts";
import { agentPod, podOwner } from "./build/agent-pod.ts";
import type { Change } from "./changes.ts";
import { hasOwnPod } from "./has-own-pod.ts";
import { planTokens } from "./plugins/tokens.ts";
import type { Run } from "./run.ts";
import { NOTHING_HEARD, listenToPod, listenToSharedAgent } from "./silence.ts";

// A pod that fails as soon as it is made must not be made in a tight loop.
const REPLACE_AFTER_MS = 10_000;
// What no watch tells of: somebody grants what was missing.
const LOOK_AGAIN_AFTER_MS = 15_000;

/**
 * Sees to it that what waits for an answer has an agent that answers: announces tasks, makes the pod, replaces a dead one, renews
 * tokens. While something is in the way, every node that waits says what.
 */
export function superviseAgent(run: Run): readonly Change[] {
  if (run.waiting.length === 0) return [];
  if (!hasOwnPod(run)) return leaveToSharedAgent(run);
  const state = assessAgentPod(run.world.agentPod, run.world.nowMs);
  const { agentPod } = run.world;
  const { words, questions } =
    state.kind === "well" && agentPod !== undefined ? listenToPod(run, agentPod) : NOTHING_HEARD;
  sayWhatIsInTheWay(run, troubleOf(run, state), words);
  return [...announce(run, labelsForPod(run)), ...serve(run, state), ...questions];
}

// A pod that was made before the Workflow knows its task set by this label.
function labelsForPod({ world }: Run): Readonly<Record<string, string>> {
  const { name, labels } = (world.agentPod ?? world.warmPod)?.metadata ?? {};
  return labels?.[LABEL_WARM_POOL] === undefined || name === undefined ? {} : { [LABEL_AGENT]: name };
}

function leaveToSharedAgent(run: Run): readonly Change[] {
  const { problem, agentPod, config } = run.world;
  const trouble = problem === undefined ? undefined : cannotGoOn(problem);
  const where = `no agent pod is made here (${ENV_AGENT_PODS}=${config.agentPods})`;
  sayWhatIsInTheWay(run, trouble, listenToSharedAgent(run, where));
  // Of the time before: two agents must not be at the same tasks.
  const removal = agentPod === undefined ? [] : remove(agentPod, "the shared agent takes over");
  return [...announce(run, { [LABEL_AGENT]: AGENT_SHARED }), ...removal];
}

function remove({ metadata }: Pod, reason: string): readonly Change[] {
  const { name = "", uid = "", deletionTimestamp } = metadata;
  return deletionTimestamp === undefined ? [{ kind: "deleteAgentPod", order: "after", name, uid, reason }] : [];
}

function announce(run: Run, labels: Readonly<Record<string, string>>): readonly Change[] {
  // A task set that is marked as completed has sent its agent home: announcing again takes the mark away.
  const tasks = isCompleted(run.world.taskSet?.metadata ?? {}) ? allTasks(run) : run.announcements.tasks;
  if (tasks.size === 0 && isLabelled(run.world.taskSet, labels)) return [];
  return [{ kind: "announceTasks", order: "before", tasks: Object.fromEntries(tasks), labels }];
}

// Where there is none, nothing is to be labelled.
function isLabelled(taskSet: WorkflowTaskSet | undefined, labels: Readonly<Record<string, string>>): boolean {
  const present = taskSet?.metadata.labels ?? {};
  return taskSet === undefined || Object.entries(labels).every(([name, value]) => present[name] === value);
}

function allTasks(run: Run): ReadonlyMap<NodeId, Template> {
  return new Map(run.waiting.map(({ id, template }) => [id, template]));
}

function serve(run: Run, state: AgentPodState): readonly Change[] {
  if (run.world.secretsProblem !== undefined) run.wakeAt(run.world.nowMs + LOOK_AGAIN_AFTER_MS);
  if (!run.plugins.ok) return [];
  if (state.kind === "starting") run.wakeAt(state.checkAtMs);
  if (state.kind === "dead") return replace(run, state.message);
  const { issue, lookAgainMs } = planTokens(run.workflow, run.plugins.value, run.world);
  if (lookAgainMs !== undefined) run.wakeAt(lookAgainMs);
  if (state.kind !== "absent") return issue;
  const { warmPod } = run.world;
  if (warmPod !== undefined) return [...issue, claim(run.workflow, warmPod)];
  return [
    ...issue,
    { kind: "createAgentPod", order: "before", pod: agentPod(run.workflow, run.plugins.value, run.world) },
  ];
}

function claim(workflow: Workflow, { metadata }: Pod): Change {
  return {
    kind: "claimAgentPod",
    order: "before",
    name: metadata.name ?? "",
    resourceVersion: metadata.resourceVersion,
    labels: { [LABEL_WORKFLOW]: workflow.metadata.name ?? "" },
    ownerReferences: [podOwner(workflow)],
  };
}

function replace(run: Run, reason: string): readonly Change[] {
  const pod = run.world.agentPod;
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return [];
  const dueMs = replaceAtMs(run, pod);
  if (dueMs > run.world.nowMs) {
    run.wakeAt(dueMs);
    return [];
  }
  const { name = "", uid = "" } = pod.metadata;
  return [
    { kind: "deleteAgentPod", order: "after", name, uid, reason },
    { kind: "emitEvent", order: "after", type: "Warning", reason: "AgentPodReplaced", message: reason },
  ];
}

function replaceAtMs(run: Run, pod: Pod): number {
  return (createdAtMs(pod) ?? run.world.nowMs - REPLACE_AFTER_MS) + REPLACE_AFTER_MS;
}

function sayWhatIsInTheWay(run: Run, trouble: string | undefined, silence: string | undefined): void {
  for (const { id, message } of run.waiting) {
    const before = run.tree.byId(id)?.message;
    const now = trouble ?? (message === undefined || message === "" ? silence : message);
    if (before === now) continue;
    if (trouble !== undefined || (silence !== undefined && now === silence)) run.urgent = true; // someone looks at it and wonders
    run.tree.change(id, { message: now });
  }
}

function cannotGoOn(problem: string): string {
  return `cannot go on: ${problem}`;
}

function troubleOf(run: Run, state: AgentPodState): string | undefined {
  if (run.world.problem !== undefined) return cannotGoOn(run.world.problem);
  // A pod that runs goes on, whatever has become of the plugins that it was made with.
  if (!run.plugins.ok && (state.kind === "absent" || state.kind === "dead")) return run.plugins.message;
  switch (state.kind) {
    case "dead":
      return `${state.message}; a new one will take over`;
    case "troubled":
    case "leaving":
      return state.message;
    default:
      return undefined;
  }
}
