import { CONFIG_MAPS, PODS } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveConfig } from "../src/config.ts";
import { WARM_POOL_PERMISSIONS } from "../src/permissions.ts";
import { ControllerTest } from "./support/cluster.ts";

const HELLO = { entrypoint: "main", templates: [{ name: "main", plugin: { hello: {} } }] };
const POOL = "outrigger.dev/warm-pool";
const WORKFLOW = "workflows.argoproj.io/workflow";

const configured = (size: number, more: object = {}) =>
  resolveConfig({
    ARGO_EXECUTOR_PLUGINS: "true",
    OUTRIGGER_AGENT_LINGER: "0s",
    OUTRIGGER_WARM_POOLS: JSON.stringify([
      { namespace: "default", serviceAccountName: "default", plugins: ["hello"], size, ...more },
    ]),
  });

describe("a pool of warm agent pods", () => {
  let test: ControllerTest;
  beforeEach(async () => {
    test = await ControllerTest.start();
    await test.installPlugin("hello");
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const pods = async (): Promise<readonly KubeObject[]> =>
    (await test.client.list(PODS, { namespace: "default", labelSelector: POOL })).items;

  /** Those that wait, once there are as many. */
  async function waiting(count: number): Promise<readonly KubeObject[]> {
    return vi.waitFor(async () => {
      const found = (await pods()).filter(({ metadata }) => metadata.labels?.[WORKFLOW] === undefined);
      expect(found.map(({ metadata }) => metadata.deletionTimestamp)).toEqual(Array.from({ length: count }));
      return found;
    });
  }

  async function run(pod: KubeObject): Promise<string> {
    const { name = "" } = pod.metadata;
    const containerStatuses = [{ name: "main", state: { running: {} } }];
    const body = { status: { phase: "Running", containerStatuses } };
    await test.client.patch(PODS, { namespace: "default", name }, { type: "merge", body }, { subresource: "status" });
    return name;
  }

  async function agentOf(workflow: string): Promise<string> {
    return vi.waitFor(async () => {
      const taskSet = await test.taskSet(workflow);
      const name = taskSet?.metadata.labels?.["outrigger.dev/agent"] ?? "";
      const pod = await test.client.get(PODS, { namespace: "default", name });
      expect(pod.metadata).toMatchObject({
        labels: { [WORKFLOW]: workflow },
        ownerReferences: [{ kind: "Workflow", name: workflow }],
      });
      return name;
    });
  }

  it("hands one that runs to each Workflow, and makes another in its place; for this it may patch pods", async () => {
    const patched = new Set<string>();
    const client = test.connect(({ verb, resource }, call) => {
      if (verb === "patch") patched.add(resource);
      return call();
    });
    await test.startController(configured(2), client);
    const ready = await Promise.all((await waiting(2)).map((pod) => run(pod)));
    await Promise.all([test.submit("a", HELLO), test.submit("b", HELLO)]);
    expect([await agentOf("a"), await agentOf("b")].sort()).toEqual(ready.sort());
    expect(patched).toContain(PODS.plural);
    expect(WARM_POOL_PERMISSIONS).toMatchObject([{ resource: PODS, verbs: ["patch"] }]);
    await waiting(2);

    await test.answer("a", { a: { phase: "Succeeded" } });
    await vi.waitFor(async () => expect((await test.workflow("a")).status?.phase).toBe("Succeeded"));
    await vi.waitFor(async () => expect(await pods()).toHaveLength(3)); // the pod goes with its Workflow, and serves no other
  });

  it("leaves a Workflow to a pod of its own while none runs", async () => {
    await test.startController(configured(1));
    await waiting(1);
    await test.submit("wf", HELLO);
    await vi.waitFor(async () => {
      const { items } = await test.client.list(PODS, { namespace: "default", labelSelector: `${WORKFLOW}=wf` });
      expect(items).toHaveLength(1);
    });
    expect((await test.taskSet("wf"))?.metadata.labels?.["outrigger.dev/agent"]).toBeUndefined();
  });

  it("is filled anew when a plugin has changed, and emptied when there is no pool any more", async () => {
    const controller = await test.startController(configured(1));
    const [before] = await waiting(1);
    const plugin = { namespace: "argo", name: "hello-executor-plugin" };
    const annotations = { "outrigger.dev/call-timeout": "1m" };
    await test.client.patch(CONFIG_MAPS, plugin, { type: "merge", body: { metadata: { annotations } } });
    await vi.waitFor(async () => {
      const [after] = await waiting(1);
      expect(after?.metadata.labels?.[POOL]).not.toBe(before?.metadata.labels?.[POOL]);
    });
    await controller.stop();
    await test.startController();
    await waiting(0);
  });

  it("says why it stays empty", async () => {
    await test.client.delete(CONFIG_MAPS, { namespace: "argo", name: "hello-executor-plugin" });
    await test.startController(configured(1));
    await vi.waitFor(() =>
      expect(test.log).toContainEqual(
        expect.objectContaining({ level: "warn", msg: "Warm pool stays empty", namespace: "default" }),
      ),
    );
    await waiting(0);
  });
});
