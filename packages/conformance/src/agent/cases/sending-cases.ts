import { METHOD_EXECUTE, methodPath } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import type { ConformanceCase } from "../../case.ts";
import { SUCCEEDED, agentCase, inTurn } from "../agent-case.ts";
import { calls, equal, firstOf } from "../expect.ts";
import { task } from "../probe.ts";
import type { AgentProbe } from "../probe.ts";
import type { SeenCall } from "../scripted-plugin.ts";

const WORK_MS = 50;

/** What an agent sends. */
export const SENDING_CASES: readonly ConformanceCase<AgentProbe>[] = [
  agentCase(
    { id: "call", group: "must", title: "calls template.execute with POST, below /api/v1", rule: "the-call" },
    async (probe) => {
      const { httpMethod, path } = await oneCall(probe, task("it"));
      return equal("the request", `${httpMethod} ${path}`, `POST ${methodPath(METHOD_EXECUTE)}`);
    },
  ),
  agentCase(
    { id: "token", group: "must", title: "shows the token of the plugin that it calls", rule: "the-token" },
    async (probe) => {
      const { headers } = await oneCall(probe, task("it"));
      return equal("Authorization", headers.authorization, `Bearer ${probe.tokenOf("it-executor-plugin")}`);
    },
  ),
  agentCase(
    {
      id: "headers",
      group: "must",
      title: "says the length, chunks nothing, and sends application/json to the letter",
      rule: "what-an-agent-sends",
    },
    async (probe) => {
      const { headers, text } = await oneCall(probe, task("it", { plugin: { it: { text: "ünïcödé ✓" } } }));
      return firstOf(
        equal("Content-Type", headers["content-type"], "application/json"),
        equal("Transfer-Encoding", headers["transfer-encoding"], undefined),
        equal("Content-Length", headers["content-length"], String(Buffer.byteLength(text))),
      );
    },
  ),
  agentCase(
    {
      id: "body",
      group: "must",
      title: "sends the Workflow's name, namespace and uid, and the template as it was announced",
      rule: "the-call",
    },
    async (probe) => {
      const inputs = { parameters: [{ name: "a", value: "1" }] };
      const outputs = { parameters: [{ name: "b", valueFrom: { path: "/b" } }] };
      const template = task("it", { inputs, outputs, plugin: { it: { list: [1, { deep: true }], text: "x" } } });
      const { body } = await oneCall(probe, template);
      return firstOf(
        equal("workflow", body["workflow"], { metadata: probe.workflow }),
        equal("template", body["template"], template),
      );
    },
  ),
  agentCase(
    {
      id: "always-there",
      group: "must",
      title: "always sends name, inputs, outputs and metadata, and no null",
      rule: "what-an-agent-sends",
    },
    async (probe) => {
      const { body, text } = await oneCall(probe, { plugin: { it: {} } });
      const wanted = { name: "", inputs: {}, outputs: {}, metadata: {}, plugin: { it: {} } };
      return firstOf(
        equal("template", body["template"], wanted),
        text.includes("null") ? "there is a null" : undefined,
      );
    },
  ),
  agentCase(
    { id: "values", group: "must", title: "gives every input parameter a value", rule: "what-an-agent-sends" },
    async (probe) => {
      const parameters = [{ name: "a" }, { name: "b", default: "2" }];
      const { body } = await oneCall(probe, task("it", { inputs: { parameters } }));
      const { inputs } = body["template"] as { readonly inputs?: JsonObject };
      const wanted = [
        { name: "a", value: "" },
        { name: "b", default: "2", value: "2" },
      ];
      return equal("inputs.parameters", inputs?.["parameters"], wanted);
    },
  ),
  agentCase(
    {
      id: "once",
      group: "must",
      title: "calls a plugin once for each node, and reports each under its id",
      rule: "the-call",
    },
    async (probe) => {
      const plugin = await probe.plugin("it-executor-plugin", ({ body }) => {
        const { plugin: block } = body["template"] as { readonly plugin: JsonObject };
        return { body: { node: { phase: "Succeeded", message: JSON.stringify(block) } } };
      });
      const ids = ["n1", "n2", "n3"];
      await probe.announce(Object.fromEntries(ids.map((id) => [id, task("it", { plugin: { it: id } })])));
      for (const id of ids) {
        const { message } = await probe.result(id);
        if (message !== `{"it":"${id}"}`) return `${id} was given the result of another: ${message ?? ""}`;
      }
      await probe.announce({ n4: task("it") });
      await probe.result("n4");
      return equal("what came", calls(plugin.executed.length), calls(ids.length + 1));
    },
  ),
  agentCase(
    {
      id: "concurrency",
      group: "should",
      title: "bounds the calls that a plugin gets at a time",
      rule: "what-an-agent-sends",
    },
    async (probe) => {
      const { callsPerPlugin } = probe.timing;
      const plugin = await probe.plugin(
        "it-executor-plugin",
        inTurn({ body: { node: { phase: "Succeeded" } }, afterMs: WORK_MS }),
      );
      const ids = Array.from({ length: callsPerPlugin * 3 }, (_, index) => `n${index}`);
      await probe.announce(Object.fromEntries(ids.map((id) => [id, task("it")])));
      await Promise.all(ids.map((id) => probe.result(id)));
      const { mostAtOnce } = plugin;
      return mostAtOnce > callsPerPlugin ? `it got ${mostAtOnce} calls at a time, not ${callsPerPlugin}` : undefined;
    },
  ),
];

/** Has an agent call for this task, and answers the call. */
async function oneCall(probe: AgentProbe, template: JsonObject): Promise<SeenCall> {
  const plugin = await probe.plugin("it-executor-plugin", inTurn(SUCCEEDED));
  await probe.announce({ n1: template });
  const { phase, message = "" } = await probe.result("n1");
  const [call] = plugin.executed;
  if (call === undefined) throw new Error(`template.execute was not called: ${phase} ${message}`);
  return call;
}
