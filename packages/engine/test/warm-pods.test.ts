import { planWarmPods, podOfPool, warmPodKey } from "@outrigger/engine";
import type { WantedWarmPods, WarmPool, World } from "@outrigger/engine";
import { workflowParser } from "@outrigger/types";
import type { JsonObject, Pod, Workflow } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { installedPlugin } from "./scenario/commands/plugins.ts";
import { CONFIG, START_MS } from "./simulation/cluster.ts";

const POOL: WarmPool = { namespace: "default", serviceAccountName: "default", plugins: ["hello"], size: 2 };
const WORLD: World = {
  nowMs: START_MS,
  taskSet: undefined,
  agentPod: undefined,
  plugins: [installedPlugin("hello", 4355), installedPlugin("slack", 7522, true)],
  secrets: new Set(),
  issuedTokens: [],
  config: CONFIG,
};

function wanted(pool: WarmPool = POOL, world: World = WORLD): WantedWarmPods {
  const pods = podOfPool(pool, world);
  if (!pods.ok) throw new Error(pods.message);
  return pods.value;
}

function workflow(spec: JsonObject = {}, name = "greet"): Workflow {
  const template = { name: "main", plugin: { hello: { text: name } } };
  const parsed = workflowParser(
    {
      metadata: { name, namespace: "default", uid: `uid-of-${name}` },
      spec: { entrypoint: "main", templates: [template], ...spec },
    },
    "",
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

describe("a warm pod", () => {
  it("is an agent pod that does not know its Workflow yet", () => {
    const { key, pod } = wanted();
    expect(pod.metadata).toEqual({
      generateName: "warm-agent-",
      namespace: "default",
      labels: {
        "workflows.argoproj.io/component": "agent",
        "workflows.argoproj.io/completed": "false",
        "outrigger.dev/warm-pool": key,
      },
      annotations: { "kubectl.kubernetes.io/default-container": "main" },
    });
    expect(pod["spec"]).toMatchObject({
      serviceAccountName: "default",
      containers: [
        { name: "hello-executor-plugin" },
        {
          name: "main",
          env: [
            { name: "OUTRIGGER_AGENT_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
            { name: "ARGO_PLUGIN_ADDRESSES", value: '["http://localhost:4355"]' },
            { name: "ARGO_PLUGIN_NAMES", value: '["hello-executor-plugin"]' },
          ],
        },
      ],
    });
  });

  it("serves any Workflow that would get such a pod", () => {
    const { key } = wanted();
    expect(warmPodKey(workflow(), WORLD)).toBe(key);
    expect(warmPodKey(workflow({}, "another"), WORLD)).toBe(key);
    expect(warmPodKey(workflow({ serviceAccountName: "default", parallelism: 3 }), WORLD)).toBe(key);
  });

  it.each([
    ["runs as another account", { serviceAccountName: "team" }],
    ["has to run elsewhere", { nodeSelector: { disk: "ssd" } }],
    ["patches its pods", { podSpecPatch: "terminationGracePeriodSeconds: 1" }],
    ["labels its pods", { podMetadata: { labels: { team: "a" } } }],
    [
      "uses another plugin as well",
      {
        templates: [
          {
            name: "main",
            steps: [
              [
                { name: "a", inline: { plugin: { hello: {} } } },
                { name: "b", inline: { plugin: { slack: {} } } },
              ],
            ],
          },
        ],
      },
    ],
  ])("serves no Workflow that %s", (_what, spec) => {
    expect(warmPodKey(workflow(spec), WORLD)).not.toBe(wanted().key);
  });

  it("is another one as soon as a plugin is installed anew", () => {
    const changed = installedPlugin("hello", 4356);
    expect(wanted(POOL, { ...WORLD, plugins: [changed] }).key).not.toBe(wanted().key);
  });

  it("cannot be made with a plugin that is not installed, nor with a token that is issued for each Workflow", () => {
    expect(podOfPool(POOL, { ...WORLD, plugins: [] })).toMatchObject({ ok: false });
    expect(podOfPool({ ...POOL, plugins: ["slack"] }, WORLD)).toEqual({
      ok: false,
      message: "a plugin gets a token that is issued for each Workflow",
    });
  });
});

const running = { phase: "Running", containerStatuses: [{ name: "main", state: { running: {} } }] };

function podOf(name: string, key: string, more: Partial<Pod> = {}): Pod {
  const creationTimestamp = new Date(START_MS - 60_000).toISOString();
  const labels = { "outrigger.dev/warm-pool": key };
  return { metadata: { name, labels, creationTimestamp }, status: running, ...more };
}

describe("the plan for warm pods", () => {
  const pods = wanted();
  const plan = (waiting: readonly Pod[], of: readonly WantedWarmPods[] = [pods]): object => {
    const { create, remove, lookAgainMs } = planWarmPods(of, waiting, START_MS);
    return { create: create.length, remove: remove.map(({ pod }) => pod.metadata.name), lookAgainMs };
  };
  const nothing = { create: 0, remove: [], lookAgainMs: undefined };

  it("makes what is missing", () => {
    expect(plan([])).toEqual({ ...nothing, create: 2 });
    expect(plan([podOf("a", pods.key)])).toEqual({ ...nothing, create: 1 });
    expect(plan([podOf("a", pods.key), podOf("b", pods.key, { status: { phase: "Pending" } })])).toEqual(nothing);
  });

  it("removes what no pool has any more, and what is too many: those first that do not run yet", () => {
    expect(plan([podOf("old", "other")])).toEqual({ ...nothing, create: 2, remove: ["old"] });
    expect(plan([podOf("a", pods.key)], [])).toEqual({ ...nothing, remove: ["a"] });
    const starting = podOf("starting", pods.key, { status: { phase: "Pending" } });
    expect(plan([starting, podOf("a", pods.key), podOf("b", pods.key)])).toEqual({ ...nothing, remove: ["starting"] });
  });

  it("replaces one that has ended, but not in a tight loop", () => {
    const failed = podOf("failed", pods.key, { status: { phase: "Failed" } });
    expect(plan([failed, podOf("a", pods.key)])).toEqual({ ...nothing, create: 1, remove: ["failed"] });
    const metadata = { ...failed.metadata, creationTimestamp: new Date(START_MS - 1_000).toISOString() };
    expect(plan([{ ...failed, metadata }, podOf("a", pods.key)])).toEqual({
      ...nothing,
      lookAgainMs: START_MS + 9_000,
    });
  });

  it("makes another in the place of one that is being deleted", () => {
    const leaving = podOf("leaving", pods.key);
    const metadata = { ...leaving.metadata, deletionTimestamp: new Date(START_MS).toISOString() };
    expect(plan([{ ...leaving, metadata }, podOf("a", pods.key)])).toEqual({ ...nothing, create: 1 });
  });
});
