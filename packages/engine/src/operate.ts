import { isFulfilled } from "@outrigger/types";
import type { NodeStatus, Workflow } from "@outrigger/types";
import type { Change } from "./changes.ts";
import { cleanUp, loggedNodes } from "./clean-up.ts";
import { endingOf, settleNodes } from "./conclude.ts";
import type { Ending } from "./conclude.ts";
import { clearTimeBefore, countRetry, hasBegun, isReopened, reopenGroups } from "./by-hand/reopen.ts";
import { updateProgress } from "./nodes/progress.ts";
import { TooManyNodes } from "./nodes/tree.ts";
import { resolveWorkflow } from "./references/resolve-workflow.ts";
import type { ResolvedWorkflow } from "./references/resolve-workflow.ts";
import { Run } from "./run.ts";
import { save } from "./save.ts";
import type { NewNodes, NewStatus } from "./save.ts";
import { superviseAgent } from "./supervise-agent.ts";
import { cutOff } from "./templates/cut-off.ts";
import { workflowDeadline } from "./templates/deadline.ts";
import { runEntrypoint, runExitHandler, runWorkflowHooks } from "./templates/entrypoint.ts";
import { invalidSpecMessage, validateWorkflow } from "./validate/workflow.ts";
import type { World } from "./world.ts";

const HELD_BACK = "suspended: spec.suspend is true";

/**
 * Decides what happens next with a Workflow. Pure: the same Workflow and World give the same changes, and once these are applied,
 * none are left. The state is the Workflow as saved (the checkpoint) and its task set (the log); it does not matter how far the
 * checkpoint lags behind, nor whether a draft of the pass before is at hand.
 */
export function operate(submitted: Workflow, world: World): readonly Change[] {
  // 1. What is being deleted is left alone: its owner references take everything else along.
  if (submitted.metadata.deletionTimestamp !== undefined) return [];
  if (!isReopened(submitted)) return advance(submitted, submitted, world);
  // 2. What is retried is rid of the time before.
  const counted = countRetry(submitted);
  const rest = clearTimeBefore(counted, world);
  return rest.length > 0 ? rest : advance(submitted, counted, world);
}

/** `counted`: the Workflow, with a retry counted that is not saved yet. */
function advance(submitted: Workflow, counted: Workflow, world: World): readonly Change[] {
  // From here on it holds what it refers to.
  const resolved = resolveWorkflow(counted, world);
  const { workflow } = resolved;
  // 3. What has ended stays as it is.
  const { phase, finishedAt } = submitted.status ?? {};
  if (phase !== undefined && isFulfilled(phase)) return cleanUp(workflow, { phase, finishedAt }, world);
  // 4. At first sight: is it sound?
  const run = new Run(workflow, world, submitted.metadata);
  const problem = problemOf(resolved, hasBegun(submitted));
  if (problem !== undefined) return finish(run, problem);
  if (counted !== submitted) reopenGroups(run);
  // 5. Is it held back?
  if (isHeldBack(run)) return [...saveRun(run, { phase: "Running", message: HELD_BACK }), ...wakeUp(run)];
  try {
    return moveOn(run);
  } catch (error) {
    // What this pass has added goes, since there is too much of it.
    if (!(error instanceof TooManyNodes)) throw error;
    return finish(new Run(workflow, world, submitted.metadata), { phase: "Error", message: error.message });
  }
}

function problemOf({ workflow, problem, unresolved }: ResolvedWorkflow, isKnownToBeSound: boolean): Ending | undefined {
  if (problem !== undefined || isKnownToBeSound) return problem;
  const issues = validateWorkflow(workflow, unresolved);
  return issues.length === 0 ? undefined : { phase: "Failed", message: invalidSpecMessage(issues) };
}

function moveOn(run: Run): readonly Change[] {
  // 6. Move the templates on as far as they go, from the entrypoint down.
  let progressed = runTemplates(run);
  while (run.mustLookAgain) {
    run.lookAgain();
    progressed = runTemplates(run);
  }
  // 7. Has it ended?
  const ending = progressed.isOver ? endingOf(run, progressed.entry, progressed.exit) : undefined;
  if (ending !== undefined) return finish(run, ending);
  // 8. See to it that what waits will be answered.
  const agent = superviseAgent(run);
  // 9. Save, then take out of the log what is saved.
  return [
    ...agent,
    ...run.memoCache.toChanges(),
    ...saveRun(run, { phase: "Running", message: undefined }),
    ...trim(run),
    ...wakeUp(run),
  ];
}

interface Progressed {
  readonly entry: NodeStatus;
  /** The entrypoint and all hooks but the exit handler are through. */
  readonly isOver: boolean;
  readonly exit: NodeStatus | undefined;
}

function runTemplates(run: Run): Progressed {
  const entry = runEntrypoint(run);
  const hooksAreThrough = runWorkflowHooks(run, entry);
  const isOver = isFulfilled(entry.phase) && hooksAreThrough;
  return { entry, isOver, exit: isOver ? runExitHandler(run, entry) : undefined };
}

// A Workflow that is to be stopped, or whose time is up, does not wait to be resumed first.
function isHeldBack(run: Run): boolean {
  return (
    run.workflow.spec.suspend === true && cutOff(run, { onExit: false, deadline: workflowDeadline(run) }) === undefined
  );
}

function finish(run: Run, ending: Ending): readonly Change[] {
  settleNodes(run);
  return [
    ...run.memoCache.toChanges(),
    ...saveRun(run, ending),
    ...cleanUp(run.workflow, { phase: ending.phase, finishedAt: run.now }, run.world),
  ];
}

function saveRun(run: Run, { phase, message }: Ending): readonly Change[] {
  const { metadata, status = {} } = run.workflow;
  const stored = { metadata: run.storedMetadata, status };
  const ended = isFulfilled(phase);
  const change: NewStatus = {
    phase,
    message,
    startedAt: status.startedAt ?? run.now,
    ...(ended ? { finishedAt: run.now } : {}),
    outputs: run.globals.toOutputs(),
  };
  return save(stored, { ...change, metadata }, nodesOf(run), isUrgent(run) ? "now" : "soon");
}

function isUrgent({ urgent, announcements }: Run): boolean {
  return urgent || announcements.isFilled;
}

function nodesOf({ tree, globals, workflow }: Run): NewNodes {
  const { nodes, progress } = workflow.status ?? {};
  const changed = tree.changed || progress === undefined;
  return {
    changed,
    draft: { tree, globals },
    read: () =>
      changed ? { progress: updateProgress(tree), nodes: tree.changed ? tree.toRecord() : nodes } : { nodes, progress },
  };
}

// Also what nobody knows: a result under an unknown id must not stay in the log for ever.
function trim(run: Run): readonly Change[] {
  const nodeIds = loggedNodes(run.world.taskSet).filter(
    (id) => run.tree.byId(id) === undefined || run.tree.isFulfilled(id),
  );
  return nodeIds.length === 0 ? [] : [{ kind: "trimTaskSet", order: "after", nodeIds, completes: false }];
}

function wakeUp(run: Run): readonly Change[] {
  return run.wakeAtMs === undefined ? [] : [{ kind: "wakeAt", order: "after", timeMs: run.wakeAtMs }];
}
