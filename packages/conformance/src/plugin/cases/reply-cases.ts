import { MAX_STATE_BYTES, describe, formatIssues, isJsonObject, parseGoDuration } from "@outrigger/types";
import type { Issue, JsonObject } from "@outrigger/types";
import { failed, passedUnless, skipped } from "../../case.ts";
import type { CaseFacts, ConformanceCase, Verdict } from "../../case.ts";
import type { PluginProbe } from "../probe.ts";
import { readReply, replyIssues } from "../read-reply.ts";

/** What the plugin answers to its own template, looked at field by field. The plugin is called once for all of them. */
export const REPLY_CASES: readonly ConformanceCase<PluginProbe>[] = [
  inReply(
    {
      id: "reply-phase",
      group: "must",
      title: "answers a phase that there is, or an empty one and requeue",
      rule: "the-reply",
    },
    (reply, issues) =>
      of(issues, "node", "node.phase") ??
      (phaseOf(reply) === "" && reply["requeue"] === undefined ? "it has neither phase nor requeue" : undefined),
  ),
  inReply(
    {
      id: "reply-outputs",
      group: "must",
      title: "answers outputs as named parameters and a result",
      rule: "the-reply",
    },
    (_reply, issues) => of(issues, "node.outputs"),
  ),
  inReply(
    { id: "reply-text", group: "must", title: "answers message and progress as text", rule: "the-reply" },
    (_reply, issues) => of(issues, "node.message", "node.progress"),
  ),
  inReply(
    {
      id: "requeue-duration",
      group: "must",
      title: "answers requeue as a Go duration that does not lie in the past",
      rule: "requeue",
    },
    ({ requeue }, issues) =>
      of(issues, "requeue") ?? (requeueMs(requeue) < 0 ? `requeue lies in the past: ${describe(requeue)}` : undefined),
  ),
  inReply(
    {
      id: "requeue-given",
      group: "should",
      title: "says with requeue when it is to be called again, if it is not done",
      rule: "requeue",
    },
    (reply) =>
      isOpen(reply) && requeueMs(reply["requeue"]) === 0
        ? `phase ${phaseOf(reply)} without requeue: Argo's agent would never call again`
        : undefined,
  ),
  inReply(
    { id: "state-size", group: "extension", title: "hands on at most 16 KiB of state", rule: "requeue" },
    ({ state }) => {
      const sizeBytes = state === undefined ? 0 : Buffer.byteLength(JSON.stringify(state));
      return sizeBytes > MAX_STATE_BYTES
        ? `the state has ${sizeBytes} bytes of JSON; it may have ${MAX_STATE_BYTES}`
        : undefined;
    },
  ),
  {
    id: "reply-one-value",
    group: "should",
    title: "answers with one JSON value, and nothing behind it",
    rule: "the-reply",
    after: ["own-key"],
    run: async (probe) => {
      const exchange = await probe.own();
      return exchange.kind === "answered" && isJson(exchange.body)
        ? passedUnless(undefined)
        : failed("something follows the JSON value");
    },
  },
  {
    id: "reply-content-type",
    group: "should",
    title: "says that its reply is application/json",
    rule: "the-reply",
    after: ["own-key"],
    run: async (probe) => {
      const exchange = await probe.own();
      const type = exchange.kind === "answered" ? exchange.contentType : undefined;
      return passedUnless(
        /^application\/json\b/i.test(type ?? "") ? undefined : `Content-Type is ${type ?? "missing"}`,
      );
    },
  },
];

type Check = (reply: JsonObject, issues: readonly Issue[]) => string | undefined;

function inReply(facts: CaseFacts, check: Check): ConformanceCase<PluginProbe> {
  const run = async (probe: PluginProbe): Promise<Verdict> => {
    const exchange = await probe.own();
    const reply = readReply(exchange);
    if (reply.kind !== "own") return skipped("there is no reply to look at");
    return passedUnless(check(reply.value, replyIssues(exchange)));
  };
  return { ...facts, after: ["own-key"], run };
}

/** Issues of these fields and of what is below them; of `node`, those of itself alone. */
function of(issues: readonly Issue[], ...fields: readonly string[]): string | undefined {
  const isOf = (path: string, field: string): boolean =>
    path === field || (field !== "node" && (path.startsWith(`${field}.`) || path.startsWith(`${field}[`)));
  const found = issues.filter(({ path }) => fields.some((field) => isOf(path, field)));
  return found.length === 0 ? undefined : formatIssues(found);
}

function phaseOf({ node }: JsonObject): string {
  const phase = isJsonObject(node) ? node["phase"] : undefined;
  return typeof phase === "string" ? phase : "";
}

/** Whether the plugin is to be called again. */
export function isOpen(reply: JsonObject): boolean {
  return ["Pending", "Running"].includes(phaseOf(reply));
}

/** 0 also where there is none. */
export function requeueMs(requeue: unknown): number {
  return typeof requeue === "string" ? (parseGoDuration(requeue) ?? 0) : 0;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
