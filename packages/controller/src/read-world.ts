import { accountOf, secretsOfInterest } from "@outrigger/engine";
import type { EngineConfig, InstalledPlugin, World } from "@outrigger/engine";
import { hasReason } from "@outrigger/kube";
import type { Clock, Informer } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import { formatIssues, podParser, workflowKey } from "@outrigger/types";
import type { KubeObject, Parser, Workflow } from "@outrigger/types";
import type { Logger } from "@outrigger/telemetry";
import type { AccessReviews } from "./access-reviews.ts";
import type { AgentPods } from "./agent-pods.ts";
import type { PackedLog } from "./packed-log.ts";
import type { Problems } from "./problems.ts";
import type { KnownSecrets, SecretFacts } from "./secret-facts.ts";
import type { WarmPools } from "./warm-pools.ts";

export interface WorldSources {
  readonly taskSets: Informer;
  readonly agentPods: AgentPods;
  readonly log: PackedLog;
  readonly warmPools: WarmPools;
  readonly secrets: SecretFacts;
  readonly accessReviews: AccessReviews;
  readonly clock: Clock;
  readonly config: EngineConfig;
  readonly installNamespace: string;
  readonly problems: Problems;
  readonly logger: Logger;
}

/** Everything that a decision about this Workflow may look at, from the caches. */
export async function readWorld(
  workflow: Workflow,
  plugins: readonly InstalledPlugin[],
  sources: WorldSources,
): Promise<World> {
  const { namespace = "", name = "" } = workflow.metadata;
  const { taskSets, agentPods, clock, config, log } = sources;
  const secrets = await lookUpSecrets(namespace, secretsOfInterest(workflow, plugins, config), sources);
  const ownPods = agentPods
    .byIndex("workflow", workflowKey(workflow.metadata))
    .filter((pod) => isOwnedBy(pod, workflow));
  const agentPod = readOwned(ownPods[0], workflow, podParser, sources);
  const world: World = {
    nowMs: clock.now(),
    taskSet: readOwned(taskSets.get({ namespace, name }), workflow, log.reader(workflow.status?.nodes), sources),
    agentPod,
    agentRights: agentPod && sources.accessReviews.of(namespace, accountOf(agentPod)),
    plugins,
    pluginNamespaces: [...new Set([namespace, sources.installNamespace])],
    problem: sources.problems.of(workflow.metadata.uid ?? "") ?? blindness(sources),
    secrets: secrets.existing,
    issuedTokens: secrets.issuedTokens,
    secretsProblem: secrets.problem,
    config,
  };
  return ownPods.length > 0 ? world : { ...world, warmPod: sources.warmPools.offer(workflow, world) };
}

// What an agent says is not seen, nor what becomes of its pod.
function blindness({ taskSets, agentPods }: WorldSources): string | undefined {
  const refusal = taskSets.refusal ?? agentPods.refusal;
  return refusal && errorText(refusal);
}

// Without knowing what it mounts no pod is made; all else goes on.
async function lookUpSecrets(
  namespace: string,
  names: readonly string[],
  { secrets, logger }: WorldSources,
): Promise<KnownSecrets & { readonly problem?: string }> {
  try {
    return await secrets.lookUp(namespace, names);
  } catch (error) {
    if (!hasReason(error, "Forbidden")) throw error;
    const problem = `no agent pod can be made: ${errorText(error)}`;
    logger.warn({ namespace, error: problem }, "Secrets cannot be looked up");
    return { existing: new Set(), issuedTokens: [], problem };
  }
}

// An object of the same name that belongs to an earlier Workflow of the same name is about to be collected: it is not ours.
function readOwned<T>(
  object: KubeObject | undefined,
  workflow: Workflow,
  parser: Parser<T>,
  { logger }: WorldSources,
): T | undefined {
  if (object === undefined || !isOwnedBy(object, workflow)) return undefined;
  const parsed = parser(object, "");
  if (parsed.ok) return parsed.value;
  const { kind, metadata } = object;
  logger.error({ kind, ...metadata, error: formatIssues(parsed.issues) }, "Object cannot be read");
  return undefined;
}

function isOwnedBy(object: KubeObject, workflow: Workflow): boolean {
  return (object.metadata.ownerReferences ?? []).some((owner) => owner.uid === workflow.metadata.uid);
}
