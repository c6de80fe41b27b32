import { ANNOTATION_AT_MOST_ONCE, TASK_ATTEMPT, TASK_CANCEL, TASK_DEADLINE, isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import type { ConformanceCase } from "../../case.ts";
import { SUCCEEDED, agentCase, inTurn } from "../agent-case.ts";
import { calls, equal, firstOf } from "../expect.ts";
import { task } from "../probe.ts";
import type { AgentProbe } from "../probe.ts";
import type { Answer } from "../scripted-plugin.ts";

const SOON_MS = 300;
const REASON = "the Workflow was stopped";
const STOPPED: Answer = { body: { node: { phase: "Failed", message: "job 7 was stopped" } } };
const STARTED: Answer = {
  body: { node: { phase: "Running", message: "started" }, requeue: "300ms", state: { job: 7 } },
};

/** What Outrigger's agent does beyond Argo's. */
export const AGENT_EXTENSION_CASES: readonly ConformanceCase<AgentProbe>[] = [
  agentCase(
    {
      id: "key",
      group: "extension",
      title: "tells node and idempotency key, the same in body and headers, for every call of one attempt",
      rule: "repeated-calls",
    },
    async (probe) => {
      const again: Answer = { body: { node: { phase: "Running" }, requeue: "10ms" } };
      const plugin = await probe.plugin("it-executor-plugin", inTurn("drop", again, SUCCEEDED));
      await probe.announce({ n1: task("it") });
      await probe.result("n1");
      const told = plugin.executed.map(({ body, headers }) => [
        nodeOf(body)["idempotencyKey"],
        headers["idempotency-key"],
        headers["outrigger-node-id"],
      ]);
      const [key] = told[0] ?? [];
      return firstOf(
        typeof key === "string" && key !== "" ? undefined : "node.idempotencyKey is missing",
        equal(
          "what the calls tell",
          told,
          [0, 1, 2].map(() => [key, key, "n1"]),
        ),
      );
    },
  ),
  agentCase(
    {
      id: "attempt",
      group: "extension",
      title: "tells attempt and deadline, with a key of its own for each attempt, and keeps its annotations to itself",
      rule: "who-asks",
    },
    async (probe) => {
      const deadline = new Date(Date.now() + 60 * 60_000).toISOString();
      const plugin = await probe.plugin("it-executor-plugin", inTurn(SUCCEEDED));
      await probe.announce({
        n1: annotated({ [TASK_ATTEMPT]: "0" }),
        n2: annotated({ [TASK_ATTEMPT]: "2", [TASK_DEADLINE]: deadline, team: "a" }),
      });
      await Promise.all([probe.result("n1"), probe.result("n2")]);
      const bodies = plugin.executed.map(({ body }) => body);
      const [first, second] = ["n1", "n2"].map((id) => bodies.find((body) => nodeOf(body)["id"] === id) ?? {});
      const { idempotencyKey, attempt, deadline: told } = nodeOf(second ?? {});
      const { metadata } = (second?.["template"] ?? {}) as JsonObject;
      return firstOf(
        equal("attempt and deadline", [attempt, told], [2, deadline]),
        equal("metadata", metadata ?? null, { annotations: { team: "a" } }),
        nodeOf(first ?? {})["idempotencyKey"] === idempotencyKey ? "both nodes have the same key" : undefined,
      );
    },
  ),
  agentCase(
    {
      id: "state",
      group: "extension",
      title: "hands back the state of the call before, and none at the first",
      rule: "requeue",
    },
    async (probe) => {
      const plugin = await probe.plugin("it-executor-plugin", inTurn(STARTED, SUCCEEDED));
      await probe.announce({ n1: task("it") });
      await probe.result("n1");
      return equal(
        "state",
        plugin.executed.map(({ body }) => body["state"]),
        [undefined, { job: 7 }],
      );
    },
  ),
  agentCase(
    {
      id: "restart",
      group: "extension",
      title: "goes on after a restart: what is done is done, what waits keeps its time, key and state",
      rule: "repeated-calls",
    },
    async (probe) => {
      const done = await probe.plugin("done", inTurn(SUCCEEDED));
      const open = await probe.plugin("open", inTurn(STARTED, SUCCEEDED));
      await probe.announce({ n1: task("done"), n2: task("open") });
      await Promise.all([probe.result("n1"), probe.result("n2", ({ phase }) => phase === "Running")]);
      await probe.restart();
      await probe.result("n2");
      const [first, second] = open.executed.map(({ body }) => body);
      return firstOf(
        equal("calls of both plugins", [done.executed.length, open.executed.length], [1, 2]),
        equal("node", nodeOf(second ?? {}), nodeOf(first ?? {})),
        equal("state", second?.["state"], { job: 7 }),
      );
    },
  ),
  agentCase(
    { id: "deadline", group: "extension", title: "ends a call at its deadline, and makes no other", rule: "who-asks" },
    async (probe) => {
      const untilMs = Date.now() + SOON_MS;
      const plugin = await probe.plugin("it-executor-plugin", inTurn("silence"));
      await probe.announce({ n1: annotated({ [TASK_DEADLINE]: new Date(untilMs).toISOString() }) });
      await probe.until("a call", () => plugin.executed.length > 0);
      await probe.until("the end of the call", () => (plugin.executed.at(-1)?.hungUpAtMs ?? 0) >= untilMs - TICK_MS);
      return equal("calls begun after the deadline", plugin.executed.filter(({ atMs }) => atMs > untilMs).length, 0);
    },
  ),
  agentCase(
    {
      id: "cancel",
      group: "extension",
      title: "ends the call of a step that is cancelled, tells the plugin why, and reports what it says",
      rule: "cancel",
    },
    async (probe) => {
      const plugin = await probe.plugin("it-executor-plugin", inTurn("silence"), { cancel: STOPPED });
      await probe.announce({ n1: task("it") });
      await probe.until("a call", () => plugin.executed.length > 0);
      await probe.announce({ n1: annotated({ [TASK_CANCEL]: REASON }) });
      const { phase, message } = await probe.result("n1");
      const call = plugin.executed.at(-1);
      return firstOf(
        equal("the result", { phase, message }, { phase: "Failed", message: "job 7 was stopped" }),
        equal(
          "calls of template.cancel",
          plugin.cancelled.map(({ body }) => body),
          [{ ...call?.body, reason: REASON }],
        ),
        call?.hungUpAtMs === undefined ? "the call was not ended" : undefined,
      );
    },
  ),
  agentCase(
    {
      id: "withdrawn",
      group: "extension",
      title: "cancels a step that leaves the task set, and reports nothing of it",
      rule: "cancel",
    },
    async (probe) => {
      const plugin = await probe.plugin("it-executor-plugin", inTurn("silence"), { cancel: STOPPED });
      await probe.announce({ n1: task("it") });
      await probe.until("a call", () => plugin.executed.length > 0);
      await probe.announce({ n1: null });
      await probe.until("template.cancel", () => plugin.cancelled.length > 0);
      return equal("results", Object.keys(await probe.results()), []);
    },
  ),
  agentCase(
    {
      id: "cancel-lacking",
      group: "extension",
      title: "does not ask a plugin to cancel again that has answered 404",
      rule: "cancel",
    },
    async (probe) => {
      const plugin = await probe.plugin("it-executor-plugin", inTurn(SUCCEEDED));
      for (const id of ["n1", "n2"]) {
        await probe.announce({ [id]: annotated({ [TASK_CANCEL]: REASON }) });
        const { message = "" } = await probe.result(id);
        if (!message.includes(REASON)) return `${id} must say why it was cancelled: ${message}`;
      }
      return equal("what came", calls(plugin.cancelled.length), calls(1));
    },
  ),
  agentCase(
    {
      id: "at-most-once",
      group: "extension",
      title: `makes no second call that may have reached a plugin annotated ${ANNOTATION_AT_MOST_ONCE}`,
      rule: "repeated-calls",
    },
    async (probe) => {
      const plugin = await probe.plugin("it-executor-plugin", inTurn("drop", SUCCEEDED), {
        rules: { atMostOnce: true },
      });
      await probe.announce({ n1: task("it") });
      const { phase } = await probe.result("n1");
      return firstOf(equal("phase", phase, "Failed"), equal("what came", calls(plugin.executed.length), calls(1)));
    },
  ),
];

// Of two clocks one may tick a little later.
const TICK_MS = 5;

function annotated(annotations: Readonly<Record<string, string>>): JsonObject {
  return task("it", { metadata: { annotations } });
}

function nodeOf(body: JsonObject): Readonly<Record<string, JsonValue>> {
  const { node } = body;
  return isJsonObject(node) ? node : {};
}
