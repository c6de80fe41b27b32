import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/cli.ts";
import { buildPlugin } from "./support/build-plugin.ts";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";
import { scriptedPlugin } from "./support/scripted-plugin.ts";

const HELLO = { message: "Hello template!", outputs: { parameters: [{ name: "foo", value: "bar" }] } };

describe("hello", () => {
  it("by the SDK, from the plugin that the chart installs, in two namespaces at once", async () => {
    await using first = await Scenario.start();
    await using second = await Scenario.start();
    const all = await Promise.all([first, second].map((scenario) => scenario.run(steps("hello", [{}]))));
    for (const status of all) {
      expect(status).toMatchObject({ phase: "Succeeded", progress: "1/1" });
      expect(nodeOf(status, "s0")).toMatchObject(HELLO);
    }
  });

  it("by a plugin in Python, built from its folder and installed in the namespace", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(await buildPlugin(join(ROOT, "examples/python")));
    const status = await scenario.run(steps("word-count", [{ text: "An outrigger keeps a boat steady" }]));
    expect(nodeOf(status, "s0")).toMatchObject({ phase: "Succeeded", message: expect.stringContaining("6") });
  });

  it("by two plugins of one name: that of the Workflow's namespace wins over that of the installation's", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin({ name: "hello" }));
    const status = await scenario.run(steps("hello", [{}]));
    expect(nodeOf(status, "s0")).toMatchObject({ phase: "Succeeded", message: "attempt 0" });
  });
});
