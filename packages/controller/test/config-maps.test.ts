import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CONFIG_MAPS, EVENTS } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { ControllerTest } from "./support/cluster.ts";

const TYPE = "workflows.argoproj.io/configmap-type";

describe("ConfigMaps", () => {
  let test: ControllerTest;
  beforeEach(async () => {
    test = await ControllerTest.start();
    await test.installPlugin("hello");
    await test.startController();
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const configMap = (name: string, data: Readonly<Record<string, string>>, labels = {}): Promise<KubeObject> =>
    test.client.create(CONFIG_MAPS, "default", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, labels },
      data,
    });

  const cached = (key: string) => ({
    entrypoint: "main",
    templates: [
      { name: "main", memoize: { key, maxAge: "1h", cache: { configMap: { name: "builds" } } }, plugin: { hello: {} } },
    ],
  });

  const run = async (name: string, spec: object): Promise<void> => {
    await test.submit(name, spec);
    await vi.waitFor(async () => expect(Object.keys((await test.taskSet(name))?.spec.tasks ?? {})).toEqual([name]));
    const outputs = { parameters: [{ name: "image", value: name }] };
    await test.answer(name, { [name]: { phase: "Succeeded", outputs } });
    await vi.waitFor(async () => expect((await test.workflow(name)).status?.phase).toBe("Succeeded"));
  };

  it("remember outputs, which answer the workflows that come after", async () => {
    await run("one", cached("a"));
    await run("two", cached("b"));
    const builds = await test.client.get(CONFIG_MAPS, { namespace: "default", name: "builds" });
    expect(builds.metadata.labels).toEqual({ [TYPE]: "Cache" });
    const data = builds["data"] as Readonly<Record<string, string>>;
    expect(Object.keys(data).sort()).toEqual(["a", "b"]);
    expect(JSON.parse(data["a"] ?? "")).toMatchObject({
      nodeID: "one",
      outputs: { parameters: [{ name: "image", value: "one" }] },
    });
    await test.submit("three", cached("a"));
    await vi.waitFor(async () => expect((await test.workflow("three")).status?.phase).toBe("Succeeded"));
    expect((await test.workflow("three")).status?.nodes).toMatchObject({
      three: {
        outputs: { parameters: [{ name: "image", value: "one" }] },
        memoizationStatus: { hit: true, key: "a", cacheName: "builds" },
      },
    });
    expect(await test.taskSet("three")).toBeUndefined();
  });

  it("that are no cache are not used as one", async () => {
    await configMap("builds", { a: "1" });
    await test.submit("wf", cached("a"));
    await vi.waitFor(async () => expect((await test.workflow("wf")).status?.phase).toBe("Error"));
    expect((await test.workflow("wf")).status?.message).toContain(`ConfigMap 'builds' has no label ${TYPE}: Cache`);
  });

  it("that cannot be written cost nothing but an Event", async () => {
    await configMap("builds", {}, { [TYPE]: "Cache" });
    const body = { immutable: true };
    await test.client.patch(CONFIG_MAPS, { namespace: "default", name: "builds" }, { type: "merge", body });
    await run("wf", cached("a"));
    const { items } = await test.client.list(EVENTS, { namespace: "default" });
    expect(items).toContainEqual(
      expect.objectContaining({
        reason: "MemoizationFailed",
        message: expect.stringContaining("ConfigMap builds: outputs are not remembered: ") as string,
      }),
    );
  });

  it("give values to workflows that are submitted right after them", async () => {
    await configMap("settings", { colour: "red" }, { [TYPE]: "Parameter" });
    const colour = { name: "colour", valueFrom: { configMapKeyRef: { name: "settings", key: "colour" } } };
    await test.submit("wf", {
      entrypoint: "main",
      arguments: { parameters: [colour] },
      templates: [{ name: "main", plugin: { hello: { text: "{{workflow.parameters.colour}}" } } }],
    });
    await vi.waitFor(async () =>
      expect((await test.taskSet("wf"))?.spec.tasks).toMatchObject({ wf: { plugin: { hello: { text: "red" } } } }),
    );
  });
});
