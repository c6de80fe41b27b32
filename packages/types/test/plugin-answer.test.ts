import { describe, expect, it } from "vitest";
import { answerOf } from "@outrigger/types";
import type { Exchange, PluginAnswer } from "@outrigger/types";

type Answered = Extract<Exchange, { kind: "answered" }>;

function answered(body: unknown, more: Partial<Answered> = {}): Exchange {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    kind: "answered",
    status: 200,
    statusText: "OK",
    retryAfter: undefined,
    body: text,
    tooLarge: false,
    ...more,
  };
}

function status(code: number, statusText: string, body = "", retryAfter?: string): Exchange {
  return answered(body, { status: code, statusText, retryAfter });
}

const declined: PluginAnswer = { kind: "declined" };

function fatal(message: string): PluginAnswer {
  return { kind: "fatal", message: `answered template.execute with ${message}` };
}

function transient(reason: string, more: { cause?: "refused" | "busy"; retryAfterMs?: number } = {}): PluginAnswer {
  return { kind: "transient", reason, cause: "broken", retryAfterMs: 0, ...more };
}

function unfinished(result: object | undefined, requeueMs?: number, state?: object): object {
  return { kind: "unfinished", result, requeueMs, state };
}

const table: Readonly<Record<string, readonly [Exchange, object]>> = {
  "200 {}": [answered({}), declined],
  "200 null": [answered("null"), declined],
  "200 with a node that is null": [answered({ node: null }), declined],
  "200 with requeue and no node": [answered({ requeue: "2m" }), declined],

  "200 Succeeded": [
    answered({ node: { phase: "Succeeded", message: "ok", outputs: { parameters: [{ name: "a", value: "b" }] } } }),
    {
      kind: "finished",
      result: { phase: "Succeeded", message: "ok", outputs: { parameters: [{ name: "a", value: "b" }] } },
    },
  ],
  "200 Failed": [
    answered({ node: { phase: "Failed", message: "no" } }),
    { kind: "finished", result: { phase: "Failed", message: "no" } },
  ],
  "200 Error": [answered({ node: { phase: "Error" } }), { kind: "finished", result: { phase: "Error" } }],
  "200 Skipped": [answered({ node: { phase: "Skipped" } }), { kind: "finished", result: { phase: "Skipped" } }],
  "200 Succeeded with requeue: done is done": [
    answered({ node: { phase: "Succeeded" }, requeue: "2m" }),
    { kind: "finished", result: { phase: "Succeeded" } },
  ],
  "200 Failed with requeue: done is done": [
    answered({ node: { phase: "Failed" }, requeue: "2m" }),
    { kind: "finished", result: { phase: "Failed" } },
  ],

  "200 Running with requeue": [
    answered({ node: { phase: "Running", message: "started", progress: "1/3" }, requeue: "1m0s", state: { id: 7 } }),
    unfinished({ phase: "Running", message: "started", progress: "1/3" }, 60_000, { id: 7 }),
  ],
  "200 Pending with requeue": [
    answered({ node: { phase: "Pending" }, requeue: "500ms" }),
    unfinished({ phase: "Pending" }, 500),
  ],
  "200 Running without requeue": [answered({ node: { phase: "Running" } }), unfinished({ phase: "Running" })],
  "200 Running with a negative requeue": [
    answered({ node: { phase: "Running" }, requeue: "-5m" }),
    fatal("a requeue that lies in the past: -5m0s"),
  ],
  "200 with an empty phase and requeue: nothing to report": [
    answered({ node: { phase: "", message: "waiting" }, requeue: "10s" }),
    unfinished(undefined, 10_000),
  ],
  "200 with no phase and requeue": [answered({ node: {}, requeue: "10s" }), unfinished(undefined, 10_000)],
  "200 with neither phase nor requeue": [
    answered({ node: { message: "?" } }),
    fatal('neither phase nor requeue: {"message":"?"}'),
  ],

  "200 with an empty body": [answered(""), fatal("an empty body")],
  "200 with white space": [answered(" \n"), fatal("an empty body")],
  "200 with a page": [answered("<html>hi</html>"), fatal("something that is no JSON: <html>hi</html>")],
  "200 with half an object": [answered('{"node":'), fatal('something that is no JSON: {"node":')],
  "200 with a list": [answered("[]"), fatal("a reply that cannot be used: must be an object, not []")],
  "200 with text": [answered('"done"'), fatal('a reply that cannot be used: must be an object, not "done"')],
  "200 with a wrong phase": [
    answered({ node: { phase: "Done" } }),
    fatal(
      'a reply that cannot be used: node.phase must be one of Pending, Running, Succeeded, Skipped, Failed, Error, not "Done"',
    ),
  ],
  "200 with a node that is a list": [
    answered({ node: [] }),
    fatal("a reply that cannot be used: node must be an object, not []"),
  ],
  "200 with a requeue that is none": [
    answered({ node: { phase: "Running" }, requeue: 120 }),
    fatal("a reply that cannot be used: requeue must be a duration such as 30s, 2m or 1h30m, not 120"),
  ],
  "200 with too much state": [
    answered({ node: { phase: "Running" }, requeue: "1s", state: "x".repeat(16_384) }),
    fatal("a state of 16386 bytes; it may have 16384"),
  ],
  "200 with more than it may be": [
    answered("x".repeat(10), { tooLarge: true }),
    fatal("more than the 10 bytes that an answer may have"),
  ],
  "200 with two documents: the first counts": [
    answered('{"node":{"phase":"Succeeded"}}\n{"node":{"phase":"Failed"}}'),
    { kind: "finished", result: { phase: "Succeeded" } },
  ],
  "200 with numbers, booleans and objects as values": [
    answered({
      node: {
        phase: "Succeeded",
        outputs: {
          parameters: [
            { name: "n", value: 2 },
            { name: "b", value: true },
            { name: "o", value: { a: [1] } },
          ],
        },
      },
    }),
    {
      kind: "finished",
      result: {
        phase: "Succeeded",
        outputs: {
          parameters: [
            { name: "n", value: "2" },
            { name: "b", value: "true" },
            { name: "o", value: '{"a":[1]}' },
          ],
        },
      },
    },
  ],

  "404": [status(404, "Not Found", "no such page"), { kind: "unknownMethod" }],
  "503": [status(503, "Service Unavailable", "busy"), transient("503 Service Unavailable: busy", { cause: "busy" })],
  "503 with Retry-After": [
    status(503, "Service Unavailable", "", "7"),
    transient("503 Service Unavailable", { cause: "busy", retryAfterMs: 7_000 }),
  ],
  "400": [status(400, "Bad Request", "no text\n"), fatal("400 Bad Request: no text")],
  "403": [status(403, "Forbidden"), fatal("403 Forbidden")],
  "500 with a long page": [
    status(500, "Internal Server Error", "x".repeat(5_000)),
    fatal(`500 Internal Server Error: ${"x".repeat(1_000)}…`),
  ],
  "201": [status(201, "Created", "{}"), fatal("201 Created: {}")],
  "302": [status(302, "Found"), fatal("302 Found")],

  "connection refused": [
    { kind: "refused", reason: "connection refused" },
    transient("connection refused", { cause: "refused" }),
  ],
  "time-out": [{ kind: "broken", reason: "no answer within 30 s" }, transient("no answer within 30 s")],
  "no HTTP": [
    { kind: "notHttp", reason: "HPE_INVALID_CONSTANT" },
    fatal("something that is no HTTP (HPE_INVALID_CONSTANT)"),
  ],
};

describe("what a plugin's answer means", () => {
  it.each(Object.entries(table))("%s", (_row, [exchange, want]) => {
    expect(answerOf(exchange, "template.execute")).toEqual(want);
  });
});
