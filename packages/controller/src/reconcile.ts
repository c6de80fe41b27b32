import { operate, rejectWorkflow, resolveWorkflow } from "@outrigger/engine";
import type { Change } from "@outrigger/engine";
import { WorkflowTooLarge, hasReason, isTransient, storedWorkflowParser } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import { formatIssues } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { applyChange } from "./apply-changes.ts";
import type { ApplyContext, Subject } from "./apply-changes.ts";
import type { ConfigMapLookup } from "./config-map-lookup.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { parseOnce } from "./parse-once.ts";
import type { SavedNodes } from "./packed-log.ts";
import type { PluginLookup } from "./plugin-lookup.ts";
import { readWorld } from "./read-world.ts";
import type { WorldSources } from "./read-world.ts";
import { readWorkflowTemplates } from "./read-workflow-templates.ts";

export interface ReconcileContext extends ApplyContext, WorldSources {
  readonly plugins: PluginLookup;
  readonly configMapLookup: ConfigMapLookup;
  readonly checkpoints: Checkpoints;
}

const parseWorkflow = parseOnce(storedWorkflowParser);

/**
 * Brings one Workflow a step further: read the world, decide, apply. Level-based: it does not know what woke it, and doing it
 * again changes nothing. Answers when to look again if nothing happens before; undefined if there is nothing to wait for.
 */
export async function reconcile(workflow: KubeObject, context: ReconcileContext): Promise<number | undefined> {
  const { namespace = "", name = "" } = workflow.metadata;
  const hasTaskSet = context.taskSets.get({ namespace, name }) !== undefined;
  const savedNodes = (): SavedNodes => {
    const parsed = parseWorkflow(workflow);
    return parsed.ok ? parsed.value.status?.nodes : undefined;
  };
  const subject = { workflow, namespace, name, hasTaskSet, savedNodes };
  try {
    context.checkpoints.throwFailure(workflow);
    const changes = await decide(workflow, context);
    // A save has ended meanwhile, and may have taken out of the log what this Workflow does not hold yet: decided anew, it does.
    if (isOutdated(subject, context)) return context.clock.now();
    return await apply(changes, subject, context);
  } catch (error) {
    if (!(error instanceof WorkflowTooLarge)) throw error;
    return await apply(rejectWorkflow(workflow, error.message, context.clock.now()), subject, context);
  } finally {
    context.warmPools.withdraw(workflow);
  }
}

async function decide(workflow: KubeObject, context: ReconcileContext): Promise<readonly Change[]> {
  const parsed = parseWorkflow(workflow);
  if (!parsed.ok) return rejectWorkflow(workflow, formatIssues(parsed.issues), context.clock.now());
  const workflowTemplates = await readWorkflowTemplates(parsed.value, context.client);
  const referring = resolveWorkflow(parsed.value, { workflowTemplates }).workflow;
  const configMaps = await context.configMapLookup.visibleTo(referring);
  const plugins = await context.plugins.visibleTo(referring);
  const draft = context.checkpoints.draftOf(workflow);
  const world = { ...(await readWorld(referring, plugins, context)), workflowTemplates, configMaps, draft };
  try {
    return operate(parsed.value, world);
  } catch (error) {
    // A bug of ours. It ends this Workflow with a message; all others go on.
    const { namespace, name } = workflow.metadata;
    context.logger.error(
      { namespace, workflow: name, stack: error instanceof Error ? error.stack : error },
      "Operating failed",
    );
    return rejectWorkflow(workflow, `internal error, please report it: ${errorText(error)}`, context.clock.now());
  }
}

// Before the save, the save, after the save. What comes after a save that is put off is put off with it.
async function apply(
  changes: readonly Change[],
  subject: Subject,
  context: ReconcileContext,
): Promise<number | undefined> {
  const refusal = await announce(changes, subject, context);
  const dueMs = await checkpoint(changes, subject, context);
  if (refusal !== undefined) throw refusal;
  const wakeTimes = changes.flatMap((change) => (change.kind === "wakeAt" ? [change.timeMs] : []));
  const earliestMs = Math.min(...wakeTimes, dueMs ?? Infinity);
  return earliestMs === Infinity ? undefined : earliestMs;
}

/** Sees to the save and what comes after it. Answers when to look again for its sake. */
async function checkpoint(
  changes: readonly Change[],
  subject: Subject,
  context: ReconcileContext,
): Promise<number | undefined> {
  const { checkpoints, clock } = context;
  const { workflow } = subject;
  const save = changes.find((change) => change.kind === "saveWorkflow");
  if (save === undefined) {
    if (!checkpoints.isUnderWay(workflow)) await saveAndSettle(changes, subject, context);
    return undefined;
  }
  const plan = checkpoints.plan(workflow, save);
  if (plan === "later") return checkpoints.dueMs(workflow);
  await checkpoints.settled(workflow);
  if (isOutdated(subject, context)) return clock.now();
  if (plan === "now") await saveAndSettle(changes, subject, context);
  else checkpoints.begin(workflow, () => saveAndSettle(changes, subject, context));
  return undefined;
}

/** Somebody, we ourselves maybe, has written the Workflow since it was read. */
function isOutdated({ workflow, namespace, name }: Subject, { workflows }: ReconcileContext): boolean {
  return workflows.get({ namespace, name }) !== workflow;
}

async function saveAndSettle(changes: readonly Change[], subject: Subject, context: ReconcileContext): Promise<void> {
  const save = changes.find((change) => change.kind === "saveWorkflow");
  if (save !== undefined) {
    const beganMs = context.clock.now();
    await applyChange(save, subject, context);
    context.checkpoints.saved(subject.workflow, beganMs);
  }
  for (const change of changes) {
    if (change.order === "after" && change.kind !== "wakeAt") await applyChange(change, subject, context);
  }
}

// What the API refuses for good (a missing permission, a pod that a policy rejects) must not keep the Workflow from being saved:
// it goes into the message of the nodes that wait, with the next reconcile.
async function announce(
  changes: readonly Change[],
  subject: Subject,
  context: ReconcileContext,
): Promise<Error | undefined> {
  const uid = subject.workflow.metadata.uid ?? "";
  const before = changes.filter((change) => change.order === "before");
  const [tokens, rest] = [
    before.filter((change) => change.kind === "issueToken"),
    before.filter((change) => change.kind !== "issueToken"),
  ];
  try {
    await Promise.all(tokens.map((change) => applyChange(change, subject, context))); // a pod waits for its token's Secret
    await Promise.all(rest.map((change) => applyChange(change, subject, context)));
    context.problems.note(uid, undefined);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || isTransient(error) || hasReason(error, "Conflict")) throw error;
    context.problems.note(uid, errorText(error));
    return error;
  }
}
