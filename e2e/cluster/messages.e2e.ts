import { EVENTS } from "@outrigger/kube";
import { describe, expect, it } from "vitest";
import { run } from "../../tools/command.ts";
import { resourceName } from "../../tools/rbac-rules.ts";
import { SYSTEM_NAMESPACE } from "./support/install.ts";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";
import { scriptedPlugin } from "./support/scripted-plugin.ts";

const WITHIN_MS = 15_000;

/** The message of the waiting step, once it says that. */
function message(scenario: Scenario, expected: RegExp): Promise<string> {
  return scenario.until(async () => {
    const { message = "" } = nodeOf(await scenario.status(), "s0") ?? {};
    if (!expected.test(message)) throw new Error(`the step says "${message}"`);
    return message;
  }, WITHIN_MS);
}

describe("what a step waits for, it says", () => {
  it("an image that cannot be pulled", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin({ image: "registry.invalid/nothing:1" }));
    await scenario.submit(steps("scripted", [{}]));
    expect(await message(scenario, /registry\.invalid\/nothing:1/)).toContain("scripted-executor-plugin");
  });

  it.each([
    [[], "list workflowtasksets, watch workflowtasksets, patch workflowtasksets/status"],
    [["workflowtasksets"], "patch workflowtasksets/status"],
    [["workflowtasksets/status"], "list workflowtasksets, watch workflowtasksets"],
  ])("verbs that the agent lacks, with %j only; granted, the Workflow goes on", async (granted, missing) => {
    await using scenario = await Scenario.start({ agentRole: false });
    await scenario.grantAgents((permission) => granted.includes(resourceName(permission)));
    await scenario.install(scriptedPlugin());
    await scenario.submit(steps("scripted", [{}]));
    expect(await message(scenario, /may not/)).toContain(`service account default may not ${missing};`);
    await scenario.grantAgents();
    expect(await scenario.ended()).toMatchObject({ phase: "Succeeded" });
  });

  it("a plugin that listens only after 20 s", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin({ startMs: 20_000 }));
    await scenario.submit(steps("scripted", [{}]));
    await message(scenario, /scripted-executor-plugin does not listen on localhost:14800 yet/);
    expect(await scenario.ended()).toMatchObject({ phase: "Succeeded" });
  });

  it("two plugins with one port", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.install(scriptedPlugin({ name: "other" }));
    await scenario.submit({
      entrypoint: "main",
      templates: [
        { name: "main", steps: [[{ name: "s0", template: "a" }], [{ name: "s1", template: "b" }]] },
        { name: "a", plugin: { scripted: {} } },
        { name: "b", plugin: { other: {} } },
      ],
    });
    await scenario.until(
      async () => expect(JSON.stringify(await scenario.status())).toContain("port 14800"),
      WITHIN_MS,
    );
  });

  it("a ConfigMap that is no plugin, by an Event on it, and by a line in the log", async () => {
    await using scenario = await Scenario.start();
    const { data: _, ...rest } = scriptedPlugin({ name: "broken" });
    await scenario.install({ ...rest, data: { "sidecar.container": "name: broken\nimage: x\n" } });
    await scenario.until(async () => {
      const { items } = await scenario.client.list(EVENTS, { namespace: scenario.namespace });
      expect(JSON.stringify(items)).toMatch(/sidecar\.container.*ports/);
    }, WITHIN_MS);
    const logs = ["-n", SYSTEM_NAMESPACE, "logs", "-l", "app.kubernetes.io/component=controller", "--tail=-1"];
    const line = run(["kubectl", ...logs])
      .split("\n")
      .find((text) => text.includes(scenario.namespace));
    expect(line).toMatch(
      /"level":"error".*"error":"data.*sidecar\.container.*ports.*"msg":"Executor plugin is invalid"/,
    );
  });
});
