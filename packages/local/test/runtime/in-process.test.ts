import { SimulatedClock } from "@outrigger/kube";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { InProcessMain } from "../../src/runtime/containers/in-process.ts";
import { pod, startCluster } from "./fixture.ts";

async function runOnce(main: InProcessMain, container: Readonly<Record<string, unknown>> = {}) {
  const cluster = await startCluster({ inProcess: { "ours:1": main } });
  cluster.api.putObject("Secret", "s", { token: "t0ken" });
  const volumes = [{ name: "s", secret: { secretName: "s" } }];
  const volumeMounts = [{ name: "s", mountPath: "/var/run/argo" }];
  cluster.api.put(
    pod("p", { spec: { volumes, containers: [{ name: "main", image: "ours:1", volumeMounts, ...container }] } }),
  );
  return cluster;
}

describe("a container that is a function of this process", () => {
  test("knows its pod, arguments, environment and where its mounts are", async () => {
    const env = [{ name: "A", value: "1" }];
    const { phase, log } = await runOnce(
      async ({ pod, container, args, env, path, log }) => {
        log(`${pod.metadata.name} ${container} ${args.join(",")} ${env["A"]}`);
        log(readFileSync(path("/var/run/argo/token") ?? "", "utf8"));
        log(String(path("/elsewhere")));
        return 0;
      },
      { args: ["x", "y"], env },
    );
    await phase("p", "Succeeded");
    expect(await log("p", "main")).toBe("p main x,y 1\nt0ken\nundefined\n");
  });

  test("a crash is exit code 1, with the error in the log", async () => {
    const { api, phase, log } = await runOnce(async () => {
      throw new Error("out of cheese");
    });
    await phase("p", "Failed");
    expect(api.status("p")?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 1, reason: "Error" });
    expect(await log("p", "main")).toContain("Error: out of cheese");
  });

  test("deletion aborts its signal, and waits for it", async () => {
    const { api, state } = await runOnce(
      ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(3))),
    );
    await state("p", "main", "running");
    api.delete("p", 30);
    expect((await state("p", "main", "terminated")).exitCode).toBe(3);
    await api.until(() => !api.pods.has("p"));
  });

  test("one that throws what it was told counts as terminated; one that does not listen is left behind", async () => {
    const clock = new SimulatedClock();
    const { api, state } = await startCluster({
      clock,
      inProcess: {
        polite: ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
        deaf: () => new Promise(() => undefined),
      },
    });
    api.put(pod("p", { spec: { containers: ["polite", "deaf"].map((image) => ({ name: image, image })) } }));
    await state("p", "deaf", "running");
    api.delete("p", 1);
    expect((await state("p", "polite", "terminated")).exitCode).toBe(143);
    const killed = state("p", "deaf", "terminated");
    await clock.advance(1_000);
    expect((await killed).exitCode).toBe(137);
  });
});
