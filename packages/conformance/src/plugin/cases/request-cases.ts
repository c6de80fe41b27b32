import type { Exchange } from "@outrigger/types";
import { METHOD_EXECUTE, methodPath } from "@outrigger/types";
import { PASSED, failed, passedUnless } from "../../case.ts";
import type { ConformanceCase } from "../../case.ts";
import { cameText } from "../exchange-text.ts";
import type { PluginProbe } from "../probe.ts";
import { notOwn, readReply } from "../read-reply.ts";
import { executeBody, foreignTemplate, identity, withParameter } from "../requests.ts";

const KIB = 1024;
const CALLS_AT_ONCE = 8;
// To see that a request makes no sense takes no time.
const REFUSAL_MS = 3_000;

/** What a plugin may be sent, and what it is to make of it. */
export const REQUEST_CASES: readonly ConformanceCase<PluginProbe>[] = [
  {
    id: "foreign-key",
    group: "must",
    title: "declines a template of another key with 200 and {}, null or a node that is null",
    rule: "the-reply",
    after: ["own-key"],
    run: async (probe) => {
      const body = executeBody(probe.runId, foreignTemplate(probe.subject.template));
      const exchange = await probe.execute({ body });
      const reply = readReply(exchange);
      if (reply.kind === "declined") return PASSED;
      const hint =
        reply.kind === "none" && reply.what.startsWith("404")
          ? "; to an agent, that means: this plugin has no such method, never call it again"
          : "";
      return failed(`it must decline, not answer ${cameText(exchange)}${hint}`);
    },
  },
  {
    id: "unknown-method",
    group: "must",
    title: "answers a method that it does not have with 404",
    rule: "other-statuses",
    after: ["own-key"],
    run: async (probe) => {
      const body = executeBody(probe.runId, probe.subject.template);
      const exchange = await probe.send({ path: methodPath("template.nothing"), body });
      return passedUnless(
        exchange.kind === "answered" && exchange.status === 404
          ? undefined
          : `it must answer 404, not ${cameText(exchange)}`,
      );
    },
  },
  takes("parameters", "takes input parameters", (probe) => {
    const template = withParameter(probe.subject.template, "conformance", "a value");
    return [probe.execute({ body: executeBody(probe.runId, template) })];
  }),
  takes("utf8", "takes text beyond ASCII: Content-Length counts bytes", (probe) => {
    const template = withParameter(probe.subject.template, "conformance", "ünïcödé ✓ 木");
    return [probe.execute({ body: executeBody(probe.runId, template) })];
  }),
  takes("unknown-fields", "tolerates fields that it does not know, at every level", (probe) => [
    probe.execute({ body: withUnknownFields(probe) }),
  ]),
  takes(
    "who-asks",
    "tolerates what Outrigger adds: node, and headers such as traceparent and Idempotency-Key",
    (probe) => {
      const { node, headers } = identity(probe.runId, "who-asks");
      return [probe.execute({ body: executeBody(probe.runId, probe.subject.template, { node }), headers })];
    },
  ),
  takes("large-input", "takes a request of 256 KiB", (probe) => [probe.execute({ body: padded(probe, 256 * KIB) })]),
  {
    ...takes("very-large-input", "takes a request of 900 KiB", (probe) => [
      probe.execute({ body: padded(probe, 900 * KIB) }),
    ]),
    group: "should",
    after: ["large-input"],
  },
  takes("concurrent-calls", `answers ${CALLS_AT_ONCE} calls at the same time, in turn or at once`, (probe) =>
    Array.from({ length: CALLS_AT_ONCE }, () => probe.execute()),
  ),
  {
    id: "repeated-call",
    group: "must",
    title: "answers a call that is made again with the same idempotency key",
    rule: "repeated-calls",
    after: ["own-key"],
    run: async (probe) => {
      const { node, headers } = identity(probe.runId, "repeated-call");
      const request = { body: executeBody(probe.runId, probe.subject.template, { node }), headers };
      return passedUnless(notOwn(await probe.execute(request)) ?? notOwn(await probe.execute(request)));
    },
  },
  {
    id: "garbage-survived",
    group: "must",
    title: "goes on after requests that are empty, no JSON, or have no template",
    rule: "other-statuses",
    after: ["own-key"],
    run: async (probe) => {
      for (const body of [...GARBAGE, "{}"]) await probe.execute({ body, timeoutMs: REFUSAL_MS });
      return passedUnless(notOwn(await probe.execute()));
    },
  },
  {
    id: "garbage-refused",
    group: "should",
    title: "answers a request that is empty or no JSON with 400, or another 4xx that is not 404",
    rule: "other-statuses",
    after: ["own-key"],
    run: async (probe) => {
      for (const body of GARBAGE) {
        const exchange = await probe.execute({ body, timeoutMs: REFUSAL_MS });
        if (!isRefused(exchange))
          return failed(`to ${body === "" ? "an empty body" : body} it should answer 400, not ${cameText(exchange)}`);
      }
      return PASSED;
    },
  },
  {
    id: "other-http-methods",
    group: "should",
    title: "does nothing at GET and HEAD of template.execute, and answers 405 or another error",
    rule: "other-statuses",
    after: ["own-key"],
    run: async (probe) => {
      for (const httpMethod of ["GET", "HEAD"]) {
        const exchange = await probe.send({ httpMethod, path: methodPath(METHOD_EXECUTE), timeoutMs: REFUSAL_MS });
        const isError = exchange.kind === "answered" && exchange.status >= 400;
        if (!isError) return failed(`${httpMethod} should be answered with 405, not ${cameText(exchange)}`);
      }
      return PASSED;
    },
  },
];

const GARBAGE = ["", "{oops", "[]"];

/** A case of requests that the plugin must take as its own. */
function takes(
  id: string,
  title: string,
  send: (probe: PluginProbe) => readonly Promise<Exchange>[],
): ConformanceCase<PluginProbe> {
  const run: ConformanceCase<PluginProbe>["run"] = async (probe) => {
    const exchanges = await Promise.all(send(probe));
    return passedUnless(exchanges.map(notOwn).find((problem) => problem !== undefined));
  };
  return { id, group: "must", title, rule: "the-call", after: ["own-key"], run };
}

function withUnknownFields({ runId, subject }: PluginProbe): ReturnType<typeof executeBody> {
  const { workflow, template, ...rest } = executeBody(runId, subject.template);
  const more = { unknown: { of: ["a", 1, null] } };
  return {
    ...more,
    ...rest,
    workflow: { ...more, ...asObject(workflow) },
    template: { ...more, ...asObject(template), metadata: { annotations: { "example.com/unknown": "x" } } },
  };
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function padded({ runId, subject }: PluginProbe, sizeBytes: number): ReturnType<typeof executeBody> {
  return executeBody(runId, withParameter(subject.template, "conformance", "x".repeat(sizeBytes)));
}

function isRefused(exchange: Exchange): boolean {
  return exchange.kind === "answered" && exchange.status >= 400 && exchange.status < 500 && exchange.status !== 404;
}
