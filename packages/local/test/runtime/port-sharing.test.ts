import { SimulatedClock } from "@outrigger/kube";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort, pod, sh, startCluster } from "./fixture.ts";

/** A program that is no pod, on a port of its own choice. */
async function foreignProgram(): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((_, reply) => reply.end("foreign"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

describe("a port that can be moved", () => {
  // Listens where OUTRIGGER_PORT says, and answers with its own port.
  const server = `require("node:http").createServer((_, r) => r.end(process.env.OUTRIGGER_PORT)).listen(process.env.OUTRIGGER_PORT, "127.0.0.1", () => console.log("up"))`;

  const plugin = (port: number) => ({
    name: "plugin",
    command: ["node", "-e", server],
    ports: [{ containerPort: port }],
    env: [{ name: "OUTRIGGER_PORT", value: String(port) }],
  });

  test("moves away from a foreign program, and the pod's function still finds it", async () => {
    const { port } = await foreignProgram();
    const up = Promise.withResolvers<void>();
    const { api, says, state, log } = await startCluster({
      inProcess: {
        agent: async ({ address, log }) => {
          await up.promise;
          const moved = address(`http://localhost:${port}/api/v1`);
          log(`${moved} ${await (await fetch(moved)).text()}`);
          return 0;
        },
      },
    });
    api.put(pod("p", { spec: { containers: [{ name: "agent", image: "agent" }, plugin(port)] } }));
    await says("p", "plugin", "up");
    up.resolve();
    await state("p", "agent", "terminated");
    const [, real] = /^http:\/\/127\.0\.0\.1:(\d+)\/api\/v1 \1\n$/.exec(await log("p", "agent")) ?? [];
    expect(Number(real)).toBeGreaterThan(0);
    expect(Number(real)).not.toBe(port);
  });

  test("stays where it is free, and two pods of the same plugin run side by side", async () => {
    const port = await freePort();
    const { api, says } = await startCluster();
    api.put(pod("one", { spec: { containers: [plugin(port)] } }));
    await says("one", "plugin", "up");
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe(String(port));
    api.put(pod("two", { spec: { containers: [plugin(port)] } }));
    await says("two", "plugin", "up");
  });
});

describe("a port that cannot be moved", () => {
  const holds = (port: number) => sh("main", "echo up; exec sleep 60", { ports: [{ containerPort: port }] });

  test("the second pod waits, told by whom, and starts when the first is gone", async () => {
    const { api, state, phase } = await startCluster();
    const port = await freePort();
    api.put(pod("first", { spec: { containers: [holds(port)] } }));
    await state("first", "main", "running");
    api.put(pod("second", { spec: { containers: [holds(port)] } }));
    await phase("second", "Pending");
    expect(api.status("second")?.conditions).toEqual([
      expect.objectContaining({
        type: "PodScheduled",
        status: "False",
        reason: "Unschedulable",
        message: expect.stringContaining(`port ${port} is taken by container main of pod default/first`),
      }),
    ]);
    expect(api.pods.get("second")?.["spec"]).not.toHaveProperty("nodeName");
    api.delete("first", 30);
    await state("second", "main", "running");
    expect(api.pods.has("first")).toBe(false);
  });

  test("a pod whose work is done hands its port over, and has succeeded", async () => {
    const { api, state, says, phase, log } = await startCluster();
    const port = await freePort();
    const metadata = { annotations: { "kubectl.kubernetes.io/default-container": "work" } };
    const withWork = (name: string, script: string) =>
      api.put(
        pod(name, { metadata, spec: { restartPolicy: "OnFailure", containers: [sh("work", script), holds(port)] } }),
      );
    withWork("done", "exit 0");
    await state("done", "work", "terminated");
    await says("done", "main", "up");
    withWork("next", "exec sleep 60");
    await state("next", "main", "running");
    await phase("done", "Succeeded");
    expect(api.status("done")?.message).toContain(`pod default/next needs port ${port}`);
    expect(await log("done", "main")).toBe("up\n");
  });

  test("a pod that still works keeps its port until it is done", async () => {
    const work = Promise.withResolvers<number>();
    const { api, state, phase } = await startCluster({ inProcess: { work: () => work.promise } });
    const port = await freePort();
    const metadata = { annotations: { "kubectl.kubernetes.io/default-container": "work" } };
    api.put(pod("busy", { metadata, spec: { containers: [{ name: "work", image: "work" }, holds(port)] } }));
    await state("busy", "main", "running");
    api.put(pod("next", { spec: { containers: [holds(port)] } }));
    await phase("next", "Pending");
    expect(api.status("busy")?.phase).toBe("Running");
    work.resolve(0);
    await state("next", "main", "running");
    expect(api.status("busy")?.phase).toBe("Succeeded");
  });

  test("one that is listed twice in a pod", async () => {
    const { api, phase } = await startCluster();
    const port = await freePort();
    const twins = ["one", "two"].map((name) => ({ ...holds(port), name }));
    api.put(pod("twins", { spec: { containers: twins } }));
    await phase("twins", "Pending");
    expect(api.status("twins")?.conditions[0]?.message).toContain("listed by more than one container of the pod");
  });

  test("a foreign program holds it: the container waits, naming the port, and starts when it is free", async () => {
    const clock = new SimulatedClock();
    const { api, state } = await startCluster({ clock });
    const { port, close } = await foreignProgram();
    api.put(pod("p", { spec: { containers: [holds(port)] } }));
    await api.until(() => api.status("p")?.containerStatuses?.[0]?.state?.waiting?.message !== undefined);
    expect(await state("p", "main", "waiting")).toMatchObject({
      reason: "PortInUse",
      message: expect.stringContaining(`port ${port} of container main is in use by another program`),
    });
    close();
    await clock.advance(1_000);
    await state("p", "main", "running");
  });
});
