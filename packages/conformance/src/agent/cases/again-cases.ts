import type { CaseFacts, ConformanceCase } from "../../case.ts";
import { SUCCEEDED, agentCase, inTurn } from "../agent-case.ts";
import { calls, equal, firstOf } from "../expect.ts";
import type { Problem } from "../expect.ts";
import { task } from "../probe.ts";
import type { AgentProbe } from "../probe.ts";
import type { Answer, SeenCall } from "../scripted-plugin.ts";

const REQUEUE_MS = 300;
const RETRY_AFTER_S = 1;

/** When an agent calls again, and when not. */
export const AGAIN_CASES: readonly ConformanceCase<AgentProbe>[] = [
  triedAgain({ id: "busy", title: "calls again after 503, with a pause before" }, { status: 503 }),
  triedAgain({ id: "dropped", title: "calls again after a connection that was closed without a word" }, "drop"),
  triedAgain({ id: "silent", title: "calls again after a call that has timed out" }, "silence"),
  agentCase(
    { id: "refused", group: "must", title: "waits for a plugin that does not listen yet", rule: "start-and-stop" },
    async (probe) => {
      const start = await probe.latePlugin("it-executor-plugin", inTurn(SUCCEEDED));
      await probe.announce({ n1: task("it") });
      const plugin = await start();
      const { phase } = await probe.result("n1");
      return firstOf(equal("phase", phase, "Succeeded"), equal("what came", calls(plugin.executed.length), calls(1)));
    },
  ),
  agentCase(
    {
      id: "tries",
      group: "must",
      title: "gives up after its tries, with pauses that grow, and fails the step with the last answer",
      rule: "other-statuses",
    },
    async (probe) => {
      const { maxTries, retryDelayMs } = probe.timing;
      const plugin = await probe.plugin("it-executor-plugin", inTurn({ status: 503, body: "warming up" }));
      await probe.announce({ n1: task("it") });
      const { phase, message = "" } = await probe.result("n1");
      const shortest = retryDelayMs * (2 ** (maxTries - 1) - 1) * JITTER;
      return firstOf(
        equal("what came", calls(plugin.executed.length), calls(maxTries)),
        ["Failed", "Error"].includes(phase) ? undefined : `the step must fail, not be ${phase}`,
        message.includes("warming up") ? undefined : `the message must have the last answer: ${message}`,
        atLeast("all pauses", spanMs(plugin.executed), shortest),
      );
    },
  ),
  agentCase(
    { id: "retry-after", group: "should", title: "does not call before Retry-After", rule: "other-statuses" },
    async (probe) => {
      const busy: Answer = { status: 503, headers: { "Retry-After": String(RETRY_AFTER_S) } };
      const plugin = await probe.plugin("it-executor-plugin", inTurn(busy, SUCCEEDED));
      await probe.announce({ n1: task("it") });
      await probe.result("n1");
      return atLeast("the pause", spanMs(plugin.executed), RETRY_AFTER_S * 1_000);
    },
  ),
  agentCase(
    {
      id: "requeue",
      group: "must",
      title: "reports Running, and calls again after requeue, not before",
      rule: "requeue",
    },
    async (probe) => {
      const running: Answer = { body: { node: { phase: "Running", message: "on it" }, requeue: `${REQUEUE_MS}ms` } };
      const plugin = await probe.plugin("it-executor-plugin", inTurn(running, SUCCEEDED));
      await probe.announce({ n1: task("it") });
      await probe.result("n1", ({ phase, message }) => phase === "Running" && message === "on it");
      const { phase, message } = await probe.result("n1");
      return firstOf(
        equal("the result", { phase, message }, { phase: "Succeeded", message: "done" }),
        equal("what came", calls(plugin.executed.length), calls(2)),
        atLeast("the pause", spanMs(plugin.executed), REQUEUE_MS),
      );
    },
  ),
  agentCase(
    { id: "empty-phase", group: "must", title: "calls again after requeue without a phase", rule: "requeue" },
    async (probe) => {
      const plugin = await probe.plugin(
        "it-executor-plugin",
        inTurn({ body: { node: { phase: "" }, requeue: "10ms" } }, SUCCEEDED),
      );
      await probe.announce({ n1: task("it") });
      const { phase } = await probe.result("n1");
      return firstOf(equal("phase", phase, "Succeeded"), equal("what came", calls(plugin.executed.length), calls(2)));
    },
  ),
  agentCase(
    {
      id: "requeue-missing",
      group: "should",
      title: "calls again in a while where a step goes on without requeue",
      rule: "requeue",
    },
    async (probe) => {
      const plugin = await probe.plugin(
        "it-executor-plugin",
        inTurn({ body: { node: { phase: "Running" } } }, SUCCEEDED),
      );
      await probe.announce({ n1: task("it") });
      const { phase } = await probe.result("n1");
      return firstOf(
        equal("phase", phase, "Succeeded"),
        atLeast("the pause", spanMs(plugin.executed), probe.timing.pollIntervalMs),
      );
    },
  ),
];

// Pauses may be a fifth shorter than they are said to be.
const JITTER = 0.8;

function triedAgain(facts: Pick<CaseFacts, "id" | "title">, trouble: Answer): ConformanceCase<AgentProbe> {
  return agentCase({ ...facts, group: "must", rule: "other-statuses" }, async (probe) => {
    const plugin = await probe.plugin("it-executor-plugin", inTurn(trouble, SUCCEEDED));
    await probe.announce({ n1: task("it") });
    const { phase, message = "" } = await probe.result("n1");
    return firstOf(
      equal("phase", phase, "Succeeded") && `the step must be Succeeded at the second try, not ${phase}: ${message}`,
      equal("what came", calls(plugin.executed.length), calls(2)),
      atLeast("the pause", spanMs(plugin.executed), probe.timing.retryDelayMs * JITTER),
    );
  });
}

/** From the first to the last. */
function spanMs(seen: readonly SeenCall[]): number {
  return (seen.at(-1)?.atMs ?? 0) - (seen[0]?.atMs ?? 0);
}

// Of two clocks one may tick a little later.
const TICK_MS = 5;

function atLeast(what: string, actualMs: number, wantedMs: number): Problem {
  return actualMs >= wantedMs - TICK_MS ? undefined : `${what} must be at least ${wantedMs} ms, not ${actualMs} ms`;
}
