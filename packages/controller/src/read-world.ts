import { secretsOfInterest } from "@outrigger/engine";
import type { EngineConfig, InstalledPlugin, World } from "@outrigger/engine";
import type { Clock, Informer } from "@outrigger/kube";
import { formatIssues, podParser, workflowKey } from "@outrigger/types";
import type { KubeObject, Parser, Workflow } from "@outrigger/types";
import type { Logger } from "@outrigger/telemetry";
import type { AgentPods } from "./agent-pods.ts";
import type { PackedLog } from "./packed-log.ts";
import type { Problems } from "./problems.ts";
import type { SecretFacts } from "./secret-facts.ts";
import type { WarmPools } from "./warm-pools.ts";

export interface WorldSources {
  readonly taskSets: Informer;
  readonly agentPods: AgentPods;
  readonly log: PackedLog;
  readonly warmPools: WarmPools;
  readonly secrets: SecretFacts;
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
  const { taskSets, agentPods, secrets, clock, config, log } = sources;
  const { existing, issuedTokens } = await secrets.lookUp(namespace, secretsOfInterest(workflow, plugins, config));
  const ownPods = agentPods
    .byIndex("workflow", workflowKey(workflow.metadata))
    .filter((pod) => isOwnedBy(pod, workflow));
  const world: World = {
    nowMs: clock.now(),
    taskSet: readOwned(taskSets.get({ namespace, name }), workflow, log.reader(workflow.status?.nodes), sources),
    agentPod: readOwned(ownPods[0], workflow, podParser, sources),
    plugins,
    pluginNamespaces: [...new Set([namespace, sources.installNamespace])],
    problem: sources.problems.of(workflow.metadata.uid ?? ""),
    secrets: existing,
    issuedTokens,
    config,
  };
  return ownPods.length > 0 ? world : { ...world, warmPod: sources.warmPools.offer(workflow, world) };
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
