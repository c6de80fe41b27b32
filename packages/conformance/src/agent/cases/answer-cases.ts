import type { JsonValue, NodeResult } from "@outrigger/types";
import type { ConformanceCase } from "../../case.ts";
import { SUCCEEDED, agentCase, inTurn } from "../agent-case.ts";
import { calls, equal, firstOf } from "../expect.ts";
import type { Problem } from "../expect.ts";
import { task } from "../probe.ts";
import type { AgentProbe } from "../probe.ts";
import type { Answer } from "../scripted-plugin.ts";

const SUCCEEDED_TEXT = '{"node":{"phase":"Succeeded","message":"done"}}';

/** What an agent makes of an answer. */
export const ANSWER_CASES: readonly ConformanceCase<AgentProbe>[] = [
  agentCase(
    {
      id: "result",
      group: "must",
      title: "reports phase, message, progress and outputs, with values as text",
      rule: "the-reply",
    },
    async (probe) => {
      const parameters = [2, false, { a: [1] }, "text"].map((value, index) => ({ name: `p${index}`, value }));
      const node = { phase: "Succeeded", message: "done", progress: "2/2", outputs: { parameters, result: 7 } };
      const wanted = ["2", "false", '{"a":[1]}', "text"].map((value, index) => ({ name: `p${index}`, value }));
      const result = await resultOf(probe, { body: { node } });
      return equal("the result", result, { ...node, outputs: { parameters: wanted, result: "7" } });
    },
  ),
  agentCase(
    { id: "phases", group: "must", title: "reports Failed, Error and Skipped as they are", rule: "the-reply" },
    async (probe) => {
      const phases = ["Failed", "Error", "Skipped"];
      await probe.plugin("it-executor-plugin", ({ body }) => {
        const { plugin } = body["template"] as { readonly plugin: { readonly it: JsonValue } };
        return { body: { node: { phase: plugin.it, message: "so it is" } } };
      });
      await probe.announce(
        Object.fromEntries(phases.map((phase) => [phase.toLowerCase(), task("it", { plugin: { it: phase } })])),
      );
      const results = await Promise.all(phases.map((phase) => probe.result(phase.toLowerCase())));
      return equal(
        "the phases",
        results.map(({ phase }) => phase),
        phases,
      );
    },
  ),
  agentCase(
    {
      id: "declined",
      group: "must",
      title: "asks the next plugin after {}, null and a node that is null",
      rule: "whom-an-agent-asks",
    },
    async (probe) => {
      const declining = await probe.plugin("a", inTurn({ body: {} }, { body: null }, { body: { node: null } }));
      const able = await probe.plugin("b", inTurn(SUCCEEDED));
      for (const id of ["n1", "n2", "n3"]) {
        await probe.announce({ [id]: task("unowned") });
        const { phase } = await probe.result(id);
        if (phase !== "Succeeded") return `${id} must be Succeeded, not ${phase}`;
      }
      const counts = [declining.executed.length, able.executed.length];
      return equal("calls of the two plugins", counts, [3, 3]);
    },
  ),
  agentCase(
    {
      id: "nobody",
      group: "must",
      title: "fails a step that nobody wants, and says who was asked",
      rule: "whom-an-agent-asks",
    },
    async (probe) => {
      await probe.plugin("first", inTurn({ body: {} }));
      await probe.plugin("second", inTurn({ body: {} }));
      await probe.announce({ n1: task("unowned") });
      return failsNaming(await probe.result("n1"), "first", "second");
    },
  ),
  agentCase(
    {
      id: "lacking",
      group: "must",
      title: "does not call a method again that was answered with 404, and asks the next plugin",
      rule: "other-statuses",
    },
    async (probe) => {
      const lacking = await probe.plugin("a", inTurn({ status: 404 }));
      await probe.plugin("b", inTurn(SUCCEEDED));
      for (const id of ["n1", "n2"]) {
        await probe.announce({ [id]: task("unowned") });
        const { phase } = await probe.result(id);
        if (phase !== "Succeeded") return `${id} must be Succeeded, not ${phase}`;
      }
      return equal("what the plugin got", calls(lacking.executed.length), calls(1));
    },
  ),
  ...[400, 403, 500].map((status) =>
    agentCase(
      {
        id: `status-${status}`,
        group: "must",
        title: `fails the step at ${status}, with status and body, without another try`,
        rule: "other-statuses",
      },
      (probe) => failsAtOnce(probe, { status, body: "no such thing" }, String(status), "no such thing"),
    ),
  ),
  agentCase(
    {
      id: "empty-body",
      group: "must",
      title: "fails the step at an empty 200, and names plugin and method",
      rule: "other-statuses",
    },
    (probe) => failsAtOnce(probe, { text: "" }, "it-executor-plugin", "template.execute"),
  ),
  agentCase(
    {
      id: "broken-body",
      group: "must",
      title: "fails the step at a 200 that is no JSON, and names plugin and method",
      rule: "other-statuses",
    },
    (probe) => failsAtOnce(probe, { text: "<html>" }, "it-executor-plugin", "template.execute"),
  ),
  agentCase(
    {
      id: "unknown-phase",
      group: "must",
      title: "fails the step at a phase that there is not, and names plugin and phase",
      rule: "the-reply",
    },
    (probe) => failsAtOnce(probe, { body: { node: { phase: "Done" } } }, "it-executor-plugin", "Done"),
  ),
  agentCase(
    { id: "first-value", group: "must", title: "reads the first JSON value, and nothing behind it", rule: "the-reply" },
    async (probe) =>
      equal(
        "phase",
        (await resultOf(probe, { text: `${SUCCEEDED_TEXT}\n{"node":{"phase":"Failed"}}` })).phase,
        "Succeeded",
      ),
  ),
  agentCase(
    {
      id: "http-1.0",
      group: "must",
      title: "takes HTTP/1.0, and an answer that ends where the connection does",
      rule: "what-an-agent-sends",
    },
    async (probe) =>
      equal(
        "phase",
        (await resultOf(probe, { bytes: `HTTP/1.0 200 OK\r\nServer: old\r\n\r\n${SUCCEEDED_TEXT}` })).phase,
        "Succeeded",
      ),
  ),
  agentCase(
    {
      id: "owner",
      group: "extension",
      title: "asks the plugin alone whose name fits the key",
      rule: "whom-an-agent-asks",
    },
    async (probe) => {
      const other = await probe.plugin("a", inTurn(SUCCEEDED));
      const owner = await probe.plugin("say-hello-executor-plugin", inTurn(SUCCEEDED));
      await probe.announce({ n1: task("sayHello") });
      await probe.result("n1");
      return equal("calls of the other and of the owner", [other.executed.length, owner.executed.length], [0, 1]);
    },
  ),
  agentCase(
    {
      id: "claim",
      group: "extension",
      title: "asks the plugin that claims the key in plugin.info, whatever its name",
      rule: "plugin-info",
    },
    async (probe) => {
      const named = await probe.plugin("hello", inTurn(SUCCEEDED));
      const claiming = await probe.plugin("z", inTurn(SUCCEEDED), { info: { keys: ["hello"] } });
      await probe.announce({ n1: task("hello") });
      await probe.result("n1");
      return equal("calls of both", [named.executed.length, claiming.executed.length], [0, 1]);
    },
  ),
];

async function resultOf(probe: AgentProbe, answer: Answer): Promise<NodeResult> {
  await probe.plugin("it-executor-plugin", inTurn(answer));
  await probe.announce({ n1: task("it") });
  return probe.result("n1");
}

async function failsAtOnce(probe: AgentProbe, answer: Answer, ...named: readonly string[]): Promise<Problem> {
  const plugin = await probe.plugin("it-executor-plugin", inTurn(answer));
  await probe.announce({ n1: task("it") });
  const result = await probe.result("n1");
  return firstOf(failsNaming(result, ...named), equal("what came", calls(plugin.executed.length), calls(1)));
}

function failsNaming({ phase, message = "" }: NodeResult, ...named: readonly string[]): Problem {
  if (!["Failed", "Error"].includes(phase)) return `the step must fail, not be ${phase}`;
  const missing = named.filter((text) => !message.includes(text));
  return missing.length === 0 ? undefined : `the message must name ${missing.join(" and ")}: ${message}`;
}
