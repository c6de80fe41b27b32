import { ARGO_API_VERSION, LABEL_WARM_POOL } from "@outrigger/types";
import type { KubeObject, Pod, Workflow } from "@outrigger/types";
import { assessAgentPod, createdAtMs } from "./assess/agent-pod.ts";
import { warmAgentPod } from "./build/warm-agent-pod.ts";
import type { WarmAgentPod } from "./build/warm-agent-pod.ts";
import { failed, succeeded } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { choosePlugins } from "./plugins/choice.ts";
import type { World } from "./world.ts";

/** Agent pods that are kept ready for Workflows which use these plugins. */
export interface WarmPool {
  readonly namespace: string;
  readonly serviceAccountName: string;
  /** As templates name them: `hello`. None: for Workflows that only make `http` requests. */
  readonly plugins: readonly string[];
  /** Pods that wait. */
  readonly size: number;
}

export interface WantedWarmPods extends WarmAgentPod {
  readonly size: number;
}

export interface WarmPodPlan {
  readonly create: readonly KubeObject[];
  readonly remove: readonly { readonly pod: Pod; readonly reason: string }[];
  /** Look again then, if nothing happens before. */
  readonly lookAgainMs: number | undefined;
}

// A pod that fails as soon as it is made must not be made in a tight loop.
const REPLACE_AFTER_MS = 10_000;

/** A Workflow that stands for all those which a pool is for. */
export function workflowOfPool({ namespace, serviceAccountName, plugins }: WarmPool): Workflow {
  return {
    apiVersion: ARGO_API_VERSION,
    kind: "Workflow",
    metadata: { namespace },
    spec: { serviceAccountName, templates: plugins.map((key) => ({ name: key, plugin: { [key]: {} } })) },
  };
}

/** What the pods of a pool are like, or why there can be none. */
export function podOfPool(pool: WarmPool, world: World): Outcome<WantedWarmPods> {
  const workflow = workflowOfPool(pool);
  const plugins = choosePlugins(workflow, world);
  if (!plugins.ok) return plugins;
  const warm = warmAgentPod(workflow, plugins.value, world);
  return warm === undefined
    ? failed("a plugin gets a token that is issued for each Workflow")
    : succeeded({ ...warm, size: pool.size });
}

/** Which warm pods can serve this Workflow; undefined where none can. */
export function warmPodKey(workflow: Workflow, world: World): string | undefined {
  const plugins = choosePlugins(workflow, world);
  return plugins.ok ? warmAgentPod(workflow, plugins.value, world)?.key : undefined;
}

/** Started, and nothing is wrong with it. */
export function isWarm(pod: Pod): boolean {
  const { containerStatuses = [] } = pod.status ?? {};
  const running = containerStatuses.length > 0 && containerStatuses.every(({ state }) => state?.running !== undefined);
  return running && assessAgentPod(pod, 0).kind === "well";
}

/**
 * Decides which pods to make and which to remove, so that each pool has as many as it should.
 * `waiting`: the pods that wait for a Workflow, of all pools.
 */
export function planWarmPods(wanted: readonly WantedWarmPods[], waiting: readonly Pod[], nowMs: number): WarmPodPlan {
  const sizes = new Map<string, number>();
  for (const { key, size } of wanted) sizes.set(key, (sizes.get(key) ?? 0) + size);
  const present = waiting.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const byKey = Map.groupBy(present, ({ metadata }) => metadata.labels?.[LABEL_WARM_POOL] ?? "");
  const plans = [...new Set([...sizes.keys(), ...byKey.keys()])].map((key) =>
    planKey(sizes.get(key) ?? 0, byKey.get(key) ?? [], nowMs),
  );
  const pods = new Map(wanted.map(({ key, pod }) => [key, pod]));
  const create = [...sizes.keys()].flatMap((key, index) => {
    const pod = pods.get(key);
    return pod === undefined ? [] : Array.from({ length: plans[index]?.missing ?? 0 }, () => pod);
  });
  const times = plans.flatMap(({ lookAgainMs }) => (lookAgainMs === undefined ? [] : [lookAgainMs]));
  return {
    create,
    remove: plans.flatMap(({ remove }) => remove),
    lookAgainMs: times.length === 0 ? undefined : Math.min(...times),
  };
}

interface KeyPlan extends Pick<WarmPodPlan, "remove" | "lookAgainMs"> {
  readonly missing: number;
}

function planKey(size: number, pods: readonly Pod[], nowMs: number): KeyPlan {
  const dead = pods.filter((pod) => assessAgentPod(pod, nowMs).kind === "dead");
  const due = dead.filter((pod) => replaceAtMs(pod) <= nowMs);
  const later = dead.filter((pod) => replaceAtMs(pod) > nowMs);
  // Those that run are worth more, and of these the ones that have run for long.
  const living = pods.filter((pod) => !dead.includes(pod)).sort((a, b) => worth(a) - worth(b));
  const surplus = living.slice(size);
  const kept = living.length - surplus.length + later.length;
  return {
    missing: Math.max(0, size - kept),
    remove: [
      ...due.map((pod) => ({ pod, reason: "it has ended" })),
      ...surplus.map((pod) => ({ pod, reason: size === 0 ? "no pool has such pods any more" : "it is one too many" })),
    ],
    lookAgainMs: later.length === 0 ? undefined : Math.min(...later.map(replaceAtMs)),
  };
}

function replaceAtMs(pod: Pod): number {
  return (createdAtMs(pod) ?? 0) + REPLACE_AFTER_MS;
}

function worth(pod: Pod): number {
  return (isWarm(pod) ? 0 : Number.MAX_SAFE_INTEGER / 2) + (createdAtMs(pod) ?? 0);
}
