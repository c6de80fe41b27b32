import { existsSync } from "node:fs";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpKubeClient } from "@outrigger/kube";
import { startLocalCluster, startPodRuntime } from "@outrigger/local";
import type { LocalCluster } from "@outrigger/local";
import type { KubeObject } from "@outrigger/types";
import { readCrds } from "outrigger";
import { ROOT } from "../support/cli.ts";
import { at, recordedCalls, scriptedPlugin, succeeded } from "../support/scripted-plugin.ts";
import type { Answer } from "../support/scripted-plugin.ts";
import type { ArgoNodeResult } from "./support/argo-structs.ts";
import { ForeignController, argoTemplate } from "./support/foreign-controller.ts";

const POLLED: readonly Answer[] = [
  { body: { node: { phase: "Running", message: "on it", progress: "1/2" }, requeue: "200ms" } },
  {
    body: {
      node: {
        phase: "Succeeded",
        message: "done",
        progress: "2/2",
        outputs: { parameters: [{ name: "n", value: 2 }] },
      },
    },
  },
];

describe.runIf(existsSync("/proc"))(
  "our agent under another controller, in Argo's pod (skipped where there is no /proc)",
  () => {
    let folder: string;
    let cluster: LocalCluster;
    let client: HttpKubeClient;
    let ports = 14_400;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "outrigger-swap-"));
      const agent = join(ROOT, "packages/agent/src/main.ts");
      const argoexec = join(folder, "argoexec");
      writeFileSync(argoexec, `#!/bin/sh\nexec ${process.execPath} --conditions=@outrigger/source ${agent} "$@"\n`);
      chmodSync(argoexec, 0o755);
      const hostEnv = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
      cluster = await startLocalCluster({
        crds: await readCrds(),
        startPodRuntime: (context) => startPodRuntime({ ...context, hostEnv }),
      });
      client = new HttpKubeClient({ connection: cluster.connection() });
    });
    afterAll(async () => {
      client.close();
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const plugin = (name: string, answers: readonly Answer[]): KubeObject =>
      scriptedPlugin({ name, port: (ports += 1), answers, recordFile: join(folder, `${name}.jsonl`) });
    const callsOf = (name: string): number => recordedCalls(join(folder, `${name}.jsonl`)).length;
    const result = async (controller: ForeignController, id: string, phase: string): Promise<ArgoNodeResult> => {
      await expect.poll(async () => (await controller.results())[id], { timeout: 15_000 }).toMatchObject({ phase });
      return (await controller.results())[id] ?? expect.fail();
    };

    it("takes Argo's arguments and environment, answers in its shape, and ends when the task set is completed", async () => {
      const controller = await ForeignController.start(client, "wf");
      await controller.announce({
        "wf-1": argoTemplate({ greet: { name: "you" } }, { count: "3" }),
        "wf-2": argoTemplate({ polled: {} }),
        "wf-3": argoTemplate({ broken: {} }),
      });
      await controller.createAgentPod("quay.io/someone/agent:any", [
        plugin("greet", [succeeded("hello you", { greeting: "hello", count: 3 })]),
        plugin("polled", POLLED),
        plugin("broken", [{ status: 400, body: "no such thing" }]),
      ]);
      expect(await result(controller, "wf-1", "Succeeded")).toEqual({
        phase: "Succeeded",
        message: "hello you",
        progress: "",
        outputs: {
          parameters: [
            { name: "greeting", value: "hello" },
            { name: "count", value: "3" },
          ],
        },
      });
      expect(await result(controller, "wf-2", "Succeeded")).toMatchObject({
        message: "done",
        progress: "2/2",
        outputs: { parameters: [{ name: "n", value: "2" }] },
      });
      expect((await result(controller, "wf-3", "Failed")).message).toContain("400");

      // As Argo does: results go before their tasks.
      await controller.remove(["wf-1", "wf-2", "wf-3"]);
      await controller.announce({ "wf-4": argoTemplate({ greet: {} }) });
      await result(controller, "wf-4", "Succeeded");
      expect(Object.keys(await controller.results())).toEqual(["wf-4"]);
      await controller.remove(["wf-4"], { completed: true });
      await expect
        .poll(async () => mainState(await controller.agentPod()), { timeout: 15_000 })
        .toMatchObject({ exitCode: 0 });
      expect(await controller.results()).toEqual({});
      expect([callsOf("greet"), callsOf("polled"), callsOf("broken")]).toEqual([2, 2, 1]);
    });

    it("sends plugins what Argo's agent sends, and more only where those that know nothing of it do not look", async () => {
      const controller = await ForeignController.start(client, "wire");
      await controller.announce({ "wire-1": argoTemplate({ seen: { a: [1] } }, { name: "x" }) });
      await controller.createAgentPod("quay.io/someone/agent:any", [plugin("seen", [succeeded("ok")])]);
      await result(controller, "wire-1", "Succeeded");
      const [call] = recordedCalls(join(folder, "seen.jsonl"));
      const { workflow, template, ...more } = call?.body ?? {};
      expect(template).toEqual(argoTemplate({ seen: { a: [1] } }, { name: "x" }));
      expect(at(workflow, "metadata", "name")).toBe("wire");
      expect(Object.keys(more)).toEqual(["node"]);
      await controller.remove(["wire-1"], { completed: true });
    });
  },
);

function mainState(pod: KubeObject): unknown {
  const statuses = (at(pod, "status", "containerStatuses") ?? []) as readonly { name: string; state?: object }[];
  return at(statuses.find(({ name }) => name === "main")?.state, "terminated");
}
