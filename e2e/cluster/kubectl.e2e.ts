import { describe, expect, it } from "vitest";
import { Scenario, steps } from "./support/scenario.ts";
import { scriptedPlugin } from "./support/scripted-plugin.ts";

/** Rows of a table, without their ages. */
function rows(table: string): readonly (readonly string[])[] {
  return table
    .trim()
    .split("\n")
    .map((line) =>
      line
        .trim()
        .split(/\s{2,}/)
        .filter((cell) => !/^\d+[smh](\d+[smh])?$/.test(cell)),
    );
}

describe("what kubectl shows", () => {
  it("get: phase, progress, and what it waits for", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.run(steps("scripted", [{}, {}]), "good");
    await scenario.run(steps("scripted", [{ failBefore: 9 }]), "bad");
    await scenario.submit(steps("scripted", [{ polls: 10_000 }]), "slow");
    await scenario.reached("s0", "Running", "slow");
    expect(rows(scenario.kubectl("get", "workflows"))).toEqual([
      ["NAME", "STATUS", "AGE", "PROGRESS", "MESSAGE"],
      ["bad", "Failed", "0/1", expect.stringMatching(/^child '.*' failed$/)],
      ["good", "Succeeded", "2/2"],
      ["slow", "Running", expect.stringMatching(/^\d+\/10000$/)],
    ]);
    expect(scenario.kubectl("get", "wf", "good", "-o", "wide")).toContain("2/2");
    expect(scenario.kubectl("get", "workflowtasksets", "-o", "name")).toContain("workflowtaskset.argoproj.io/slow");
  });

  it("describe and events: how it went, in order, one Event for each change of the Workflow", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(scriptedPlugin());
    await scenario.run(steps("scripted", [{}]), "good");
    const events = await scenario.until(async () => {
      const shown = rows(scenario.kubectl("events", "--for", "workflow/good"));
      if (shown.length < 3) throw new Error("not all events are there yet");
      return Promise.resolve(shown);
    });
    expect(events).toEqual([
      ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"],
      ["Normal", "WorkflowRunning", "Workflow/good", "Workflow Running"],
      ["Normal", "WorkflowSucceeded", "Workflow/good", "Workflow completed"],
    ]);
    const described = scenario.kubectl("describe", "workflow", "good");
    for (const line of [/^Status:$/m, /Display Name: +s0/, /Phase: +Succeeded/, /WorkflowSucceeded/]) {
      expect(described).toMatch(line);
    }
    const [pod] = await scenario.agentPods();
    expect(await scenario.logsOf(pod?.metadata.name ?? "")).toContain("Agent has started");
  });
});
