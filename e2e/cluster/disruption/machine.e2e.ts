import { PODS } from "@outrigger/kube";
import { describe, expect, it } from "vitest";
import { findMachine } from "../support/machine.ts";
import { Scenario, nodeOf, steps } from "../support/scenario.ts";
import { scriptedPlugin } from "../support/scripted-plugin.ts";

const CHAIN = Array.from({ length: 20 }, () => ({ delayMs: 300 }));
const machine = findMachine();
const cannot = typeof machine === "string" ? ` (skipped: ${machine})` : "";
const { restartApiServer, pauseKubelet } = typeof machine === "string" ? { restartApiServer: undefined } : machine;

async function expectEachCalledOnce(scenario: Scenario): Promise<void> {
  const calls = await scenario.calls();
  expect(calls).toHaveLength(CHAIN.length);
  expect(new Set(calls.map(({ key }) => key)).size).toBe(CHAIN.length);
}

describe(`while a Workflow runs${cannot}`, () => {
  it.skipIf(restartApiServer === undefined)(
    "the API server is killed and comes back: it goes on, no call is repeated",
    async () => {
      await using scenario = await Scenario.start();
      await scenario.install(scriptedPlugin());
      await scenario.submit(steps("scripted", CHAIN));
      await scenario.reached("s3", "Succeeded");
      restartApiServer?.();
      expect(await scenario.ended()).toMatchObject({ phase: "Succeeded", progress: "20/20" });
      await expectEachCalledOnce(scenario);
    },
  );

  it.skipIf(pauseKubelet === undefined)(
    "the kubelet hangs: what runs goes on, what is new waits and says for what",
    async () => {
      await using scenario = await Scenario.start();
      await scenario.install(scriptedPlugin());
      await scenario.submit(steps("scripted", CHAIN));
      await scenario.reached("s3", "Succeeded");
      const goOn = pauseKubelet?.();
      try {
        await scenario.submit(steps("scripted", [{}]), "late");
        expect(await scenario.ended()).toMatchObject({ phase: "Succeeded", progress: "20/20" });
        await scenario.until(async () =>
          expect(nodeOf(await scenario.status("late"), "s0")?.message).toMatch(/agent pod late-\d+-agent/),
        );
      } finally {
        goOn?.();
      }
      expect(await scenario.ended("late")).toMatchObject({ phase: "Succeeded" });
    },
  );

  it("its node is drained: the agent goes elsewhere, or waits for the node and says so", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.submit(steps("scripted", CHAIN));
    await scenario.reached("s3", "Succeeded");
    const ofThis = "workflows.argoproj.io/workflow=wf";
    const node = scenario.kubectl("get", "pods", "-l", ofThis, "-o", "jsonpath={.items[0].spec.nodeName}");
    scenario.kubectl("drain", node, "--pod-selector", ofThis, "--force", "--delete-emptydir-data", "--timeout=60s");
    try {
      await scenario.until(async () => {
        const status = await scenario.status();
        const waits = Object.values(status.nodes ?? {}).some(({ message = "" }) =>
          /unschedulable|cordon|nodes are/i.test(message),
        );
        expect(waits || status.phase === "Succeeded").toBe(true);
      });
    } finally {
      scenario.kubectl("uncordon", node);
    }
    expect(await scenario.ended()).toMatchObject({ phase: "Succeeded", progress: "20/20" });
  });

  it("its agent is killed for lack of memory: the kubelet starts it again, and no call is repeated whose answer was saved", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.submit(steps("scripted", CHAIN));
    await scenario.reached("s3", "Succeeded");
    const [pod] = await scenario.agentPods();
    const name = pod?.metadata.name ?? "";
    // The kernel is told whom to take, and given a reason.
    const hog = `require("fs").writeFileSync("/proc/1/oom_score_adj", "1000"); const all = []; for (;;) all.push(Buffer.alloc(8e6, 1));`;
    await scenario.until(() =>
      Promise.resolve(
        expect(() => scenario.kubectl("exec", name, "-c", "main", "--", "node", "-e", hog)).toThrow("137"),
      ),
    );
    await scenario.until(async () => {
      const { ["status"]: status } = await scenario.client.get(PODS, { namespace: scenario.namespace, name });
      expect(JSON.stringify(status)).toContain('"reason":"OOMKilled"');
    });
    expect(await scenario.ended()).toMatchObject({ phase: "Succeeded", progress: "20/20" });
    const calls = await scenario.calls();
    const repeated = calls.length - new Set(calls.map(({ key }) => key)).size;
    expect(repeated).toBeLessThanOrEqual(1); // the one under way, its answer not saved
  });
});
