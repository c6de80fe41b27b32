import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CONFIG_MAPS, EVENTS, PODS, WORKFLOWS } from "@outrigger/kube";
import { ANNOTATION_ANSWERED, agentPodName } from "@outrigger/types";
import { resolveConfig } from "../src/config.ts";
import { ControllerTest } from "./support/cluster.ts";

const HELLO = { entrypoint: "main", templates: [{ name: "main", plugin: { hello: {} } }] };
const done = { phase: "Succeeded", message: "Hello template!" } as const;

describe("the controller", () => {
  let test: ControllerTest;
  beforeEach(async () => {
    test = await ControllerTest.start();
  });
  afterEach(() => test[Symbol.asyncDispose]());

  it("brings a workflow from submission to its end: task announced, agent pod made, result taken over, task set emptied", async () => {
    await test.installPlugin("hello");
    await test.startController();
    await test.submit("wf", HELLO);
    await vi.waitFor(async () => expect(Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {})).toEqual(["wf"]));
    await test.client.get(PODS, { namespace: "default", name: agentPodName("wf") });
    expect((await test.workflow("wf")).status).toMatchObject({
      phase: "Running",
      nodes: { wf: { phase: "Pending", type: "Plugin" } },
    });

    await test.answer("wf", { wf: { ...done, outputs: { parameters: [{ name: "foo", value: "bar" }] } } });
    await vi.waitFor(async () => expect((await test.workflow("wf")).status?.phase).toBe("Succeeded"));
    expect(await test.workflow("wf")).toMatchObject({
      metadata: { labels: { "workflows.argoproj.io/completed": "true", "workflows.argoproj.io/phase": "Succeeded" } },
      status: {
        progress: "1/1",
        nodes: { wf: { message: "Hello template!", outputs: { parameters: [{ name: "foo", value: "bar" }] } } },
      },
    });
    await vi.waitFor(async () =>
      expect(await test.taskSet("wf")).toMatchObject({
        metadata: { labels: { "workflows.argoproj.io/completed": "true" } },
        spec: { tasks: {} },
        status: { nodes: {} },
      }),
    );
  });

  it("packs what is answered between two saves, and another controller finds it all there", async () => {
    await test.installPlugin("hello");
    const checkpointIntervalMs = 3_600_000;
    const first = await test.startController({ checkpointIntervalMs });
    const names = Array.from({ length: 6 }, (_, index) => `s${index}`);
    await test.submit("wf", {
      entrypoint: "main",
      templates: [
        { name: "main", steps: names.map((name) => [{ name, template: "call" }]) },
        { name: "call", plugin: { hello: {} } },
      ],
    });
    const announced = (): Promise<string> =>
      vi.waitFor(async () => {
        const { spec, status } = (await test.taskSet("wf")) ?? {};
        const open = Object.keys(spec?.tasks ?? {}).filter((id) => !Object.hasOwn(status?.nodes ?? {}, id));
        expect(open).toHaveLength(1);
        return open[0] ?? "";
      });
    const seen: string[] = [];
    const answerNext = async (): Promise<void> => {
      const id = await announced();
      seen.push(id);
      await test.answer("wf", { [id]: done });
    };
    for (let step = 0; step < 4; step += 1) await answerNext();
    await announced();
    expect(Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {}).length).toBeLessThan(4);
    expect((await test.taskSet("wf"))?.metadata.annotations?.[ANNOTATION_ANSWERED]).toBeDefined();
    expect(Object.keys((await test.workflow("wf")).status?.nodes ?? {}).filter((id) => seen.includes(id))).toHaveLength(
      1,
    );

    await first.stop();
    await test.startController({ checkpointIntervalMs });
    for (let step = 4; step < 6; step += 1) await answerNext();
    await vi.waitFor(async () => expect((await test.workflow("wf")).status?.phase).toBe("Succeeded"));
    expect(new Set(seen).size).toBe(names.length);
    await vi.waitFor(async () => {
      const taskSet = await test.taskSet("wf");
      expect(taskSet).toMatchObject({ spec: { tasks: {} }, status: { nodes: {} } });
      expect(taskSet?.metadata.annotations?.[ANNOTATION_ANSWERED]).toBeUndefined();
    });
  });

  it("deletes an ended workflow when its time has come, also one that ended before the controller started", async () => {
    await test.installPlugin("hello");
    const finishedAt = new Date(Date.now() - 60_000).toISOString();
    const status = { phase: "Failed", finishedAt, nodes: {} };
    for (const [name, ttlStrategy] of [
      ["old", { secondsAfterCompletion: 30 }],
      ["kept", { secondsAfterSuccess: 30 }],
    ] as const) {
      await test.submit(name, { ...HELLO, ttlStrategy });
      await test.client.patch(WORKFLOWS, { namespace: "default", name }, { type: "merge", body: { status } });
    }
    await test.startController();
    await vi.waitFor(async () => {
      const { items } = await test.client.list(WORKFLOWS, { namespace: "default" });
      expect(items.map(({ metadata }) => metadata.name)).toEqual(["kept"]);
    });
  });

  it("logs `Executor plugin added`, `updated` and `removed` with name and namespace", async () => {
    await test.startController();
    const plugin = await test.installPlugin("hello");
    const line = (msg: string) =>
      expect.objectContaining({ level: "info", msg, name: "hello-executor-plugin", namespace: "argo" }) as unknown;
    await vi.waitFor(() => expect(test.log).toContainEqual(line("Executor plugin added")));
    const ref = { namespace: "argo", name: plugin.metadata.name ?? "" };
    await test.client.patch(CONFIG_MAPS, ref, { type: "merge", body: { metadata: { annotations: { a: "b" } } } });
    await vi.waitFor(() => expect(test.log).toContainEqual(line("Executor plugin updated")));
    await test.client.delete(CONFIG_MAPS, ref);
    await vi.waitFor(() => expect(test.log).toContainEqual(line("Executor plugin removed")));
  });

  it("reports an invalid plugin with the field's path: in the log, and as an Event on the config map", async () => {
    await test.startController();
    await test.installPlugin("broken", "argo", { ports: [] });
    await vi.waitFor(async () => {
      const { items } = await test.client.list(EVENTS, { namespace: "argo" });
      expect(items).toContainEqual(
        expect.objectContaining({
          type: "Warning",
          reason: "InvalidExecutorPlugin",
          message: 'not installed: data["sidecar.container"].ports must list at least one port',
        }),
      );
    });
    expect(test.log).toContainEqual(
      expect.objectContaining({ level: "error", msg: "Executor plugin is invalid", name: "broken-executor-plugin" }),
    );
  });

  it("finds a plugin that was installed a moment before the workflow, whichever watch is first", async () => {
    await test.startController();
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await test.installPlugin(`p${index}`, "argo", { ports: [{ containerPort: 5_000 + index }] });
        await test.submit(`wf-${index}`, {
          entrypoint: "main",
          templates: [{ name: "main", plugin: { [`p${index}`]: {} } }],
        });
      }),
    );
    await vi.waitFor(async () => {
      const { items } = await test.client.list(PODS, { namespace: "default" });
      expect(items).toHaveLength(20);
    });
  });

  const unreadable: Record<string, { spec: unknown; want: string }> = {
    "a name that YAML read as false": {
      spec: { entrypoint: "main", templates: [{ name: false, plugin: { hello: {} } }] },
      want: "spec.templates[0].name must be a string, not false",
    },
    "a list as spec.templates[0]": { spec: { templates: [[]] }, want: "spec.templates[0] must be an object, not []" },
    "a number as arguments": {
      spec: { entrypoint: "main", arguments: 7 },
      want: "spec.arguments must be an object, not 7",
    },
  };
  it.each(Object.entries(unreadable))(
    "ends a workflow that cannot be read with a message on it, and goes on: %s",
    async (_name, { spec, want }) => {
      await test.installPlugin("hello");
      await test.startController();
      await test.client.create(WORKFLOWS, "default", {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Workflow",
        metadata: { name: "bad" },
        spec,
      });
      await vi.waitFor(async () => {
        const bad = await test.client.get(WORKFLOWS, { namespace: "default", name: "bad" });
        expect(bad["status"]).toMatchObject({ phase: "Error", message: expect.stringContaining(want) as string });
      });
      await test.submit("good", HELLO);
      await vi.waitFor(async () => expect(await test.taskSet("good")).toBeDefined());
    },
  );

  it("goes on where another controller stopped, and answers that came meanwhile are not lost", async () => {
    await test.installPlugin("hello");
    const first = await test.startController();
    const steps = [[{ name: "a", template: "say" }], [{ name: "b", template: "say" }]];
    await test.submit("wf", {
      entrypoint: "main",
      templates: [
        { name: "main", steps },
        { name: "say", plugin: { hello: {} } },
      ],
    });
    await vi.waitFor(async () => expect(Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {})).toHaveLength(1));
    await first.stop();
    const [taskOfA = ""] = Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {});
    await test.answer("wf", { [taskOfA]: done });
    await test.startController();
    const taskOfB = await vi.waitFor(async () => {
      const open = Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {}).filter((id) => id !== taskOfA);
      expect(open).toHaveLength(1);
      return open[0] ?? "";
    });
    await test.answer("wf", { [taskOfB]: done });
    await vi.waitFor(async () =>
      expect((await test.workflow("wf")).status).toMatchObject({ phase: "Succeeded", progress: "2/2" }),
    );
  });

  it("takes a result for a node that does not exist as noise", async () => {
    await test.installPlugin("hello");
    await test.startController();
    await test.submit("wf", HELLO);
    await vi.waitFor(async () => expect(await test.taskSet("wf")).toBeDefined());
    await test.answer("wf", { stranger: done, wf: done });
    await vi.waitFor(async () => expect((await test.workflow("wf")).status?.phase).toBe("Succeeded"));
  });

  it("fails one node, not the workflow's watch, when an agent reports something unreadable", async () => {
    await test.installPlugin("hello");
    await test.startController();
    await test.submit("wf", HELLO);
    await vi.waitFor(async () => expect(await test.taskSet("wf")).toBeDefined());
    await test.answer("wf", { wf: { phase: "Done" } as never });
    await vi.waitFor(async () =>
      expect((await test.workflow("wf")).status).toMatchObject({
        nodes: { wf: { phase: "Error", message: expect.stringContaining("phase must be one of") as string } },
      }),
    );
  });

  it("deletes the agent pod after it has lingered", async () => {
    await test.installPlugin("hello");
    const { engine } = resolveConfig({
      ARGO_EXECUTOR_PLUGINS: "true",
      OUTRIGGER_AGENT_LINGER: "0s",
    });
    await test.startController({ engine });
    await test.submit("wf", HELLO);
    await vi.waitFor(async () => expect(await test.taskSet("wf")).toBeDefined());
    await test.answer("wf", { wf: done });
    await vi.waitFor(async () => {
      const { items } = await test.client.list(PODS, { namespace: "default" });
      expect(items.filter((pod) => pod.metadata.deletionTimestamp === undefined)).toEqual([]);
    });
  });

  it("counts API calls and reconciles", async () => {
    await test.startController();
    const metrics = await test.telemetry.registry.metrics();
    expect(metrics).toMatch(
      /outrigger_kube_request_duration_seconds_count\{verb="list",resource="workflows",outcome="ok"\} [1-9]/,
    );
  });
});
