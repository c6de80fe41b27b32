import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_CASES, conforms, testPlugin } from "@outrigger/conformance";
import type { CaseResult, PluginSubject } from "@outrigger/conformance";
import { ExamplePlugin, STARTED, TOKEN, behave, isOwn } from "./example-plugin.ts";
import type { Behave, Received } from "./example-plugin.ts";

let plugin: ExamplePlugin;
beforeAll(async () => void (plugin = await ExamplePlugin.start()));
afterAll(() => plugin.stop());

async function resultsOf(behaviour: Behave, more: Partial<PluginSubject> = {}): Promise<readonly CaseResult[]> {
  plugin.behave = behaviour;
  return testPlugin({ ...plugin.subject, stop: () => Promise.resolve(true), ...more });
}

function failedIn(results: readonly CaseResult[]): readonly string[] {
  return results.filter(({ verdict }) => verdict.kind === "failed").map(({ id }) => id);
}

const executes = ({ path, method }: Received): boolean => path.endsWith("template.execute") && method === "POST";
const isLegitimate = ({ headers }: Received): boolean => headers.authorization === `Bearer ${TOKEN}`;
/** Its own first call is answered with this. */
const replies =
  (reply: object): Behave =>
  (request) =>
    executes(request) && isLegitimate(request) && isOwn(request.body) && request.body?.["state"] === undefined
      ? { body: reply }
      : behave(request);
/** Goes wrong at legitimate calls of its own template that look like this. */
const failsAt =
  (isIt: (request: Received) => boolean, status = 500): Behave =>
  (request) =>
    executes(request) && isLegitimate(request) && isOwn(request.body) && isIt(request) ? { status } : behave(request);
const authorized =
  (accepts: (shown: string) => boolean): Behave =>
  (request) =>
    executes(request) && accepts(request.headers.authorization ?? "")
      ? behave({ ...request, headers: { ...request.headers, authorization: `Bearer ${TOKEN}` } })
      : behave(request);
const seen = (): ((key: unknown) => boolean) => {
  const keys = new Set<unknown>();
  return (key) => keys.has(key) || (keys.add(key), false);
};
const at =
  (path: string, behaviour: Behave): Behave =>
  (request) =>
    request.path.endsWith(path) ? behaviour(request) : behave(request);
const isRepeated = seen();
const isCancelledAgain = seen();
let hadGarbage = false;

/** One fault each, and the case that it fails. */
const FAULTS: readonly [fault: string, caseId: string, behaviour: Behave][] = [
  ["declines its own key", "own-key", (request) => (executes(request) ? { body: {} } : behave(request))],
  [
    "never answers its own key in JSON",
    "own-key",
    (request) => (isOwn(request.body) ? { text: "<html>" } : behave(request)),
  ],
  ["knows a phase that there is not", "reply-phase", replies({ ...STARTED, node: { phase: "Done" } })],
  ["has a node that is text", "reply-phase", replies({ ...STARTED, node: "Running" })],
  ["has neither phase nor requeue", "reply-phase", replies({ node: { message: "hm" } })],
  [
    "lists outputs by name",
    "reply-outputs",
    replies({ node: { phase: "Succeeded", outputs: { parameters: { a: 1 } } } }),
  ],
  [
    "has outputs without a name",
    "reply-outputs",
    replies({ node: { phase: "Succeeded", outputs: { parameters: [{ value: 1 }] } } }),
  ],
  ["counts its progress as a number", "reply-text", replies({ node: { phase: "Succeeded", progress: 0.5 } })],
  ["says requeue in seconds", "requeue-duration", replies({ node: { phase: "Succeeded" }, requeue: 120 })],
  ["says requeue in words", "requeue-duration", replies({ node: { phase: "Succeeded" }, requeue: "soon" })],
  ["has its requeue in the past", "requeue-duration", replies({ ...STARTED, requeue: "-5m" })],
  ["runs and does not say when to call again", "requeue-given", replies({ node: { phase: "Running" } })],
  ["hands on 20 KiB of state", "state-size", replies({ ...STARTED, state: "x".repeat(20_480) })],
  [
    "says something behind its JSON",
    "reply-one-value",
    (request) => {
      const answer = behave(request);
      return executes(request) && isOwn(request.body)
        ? { ...answer, text: `${JSON.stringify(answer.body)} and so on` }
        : answer;
    },
  ],
  ["says that its JSON is a page", "reply-content-type", (request) => ({ ...behave(request), type: "text/html" })],
  ["takes calls without a token", "token-missing", authorized((shown) => shown === "")],
  ["takes any token of the right length", "token-wrong", authorized((shown) => /^Bearer x+$/.test(shown))],
  [
    "looks at the beginning of the token only",
    "token-similar",
    authorized((shown) => shown.startsWith(`Bearer ${TOKEN}`)),
  ],
  [
    "answers 401 for 403",
    "token-missing",
    (request) => (request.headers.authorization === undefined && executes(request) ? { status: 401 } : behave(request)),
  ],
  [
    "answers 404 to a key of others",
    "foreign-key",
    (request) =>
      executes(request) && request.body?.["template"] !== undefined && !isOwn(request.body) && isLegitimate(request)
        ? { status: 404 }
        : behave(request),
  ],
  [
    "answers everything as its own",
    "foreign-key",
    (request) =>
      executes(request) && request.body?.["template"] !== undefined && !isOwn(request.body) && isLegitimate(request)
        ? { body: STARTED }
        : behave(request),
  ],
  ["answers 200 to a method that it does not have", "unknown-method", at("template.nothing", () => ({ body: {} }))],
  ["takes no parameters", "parameters", failsAt(({ text }) => text.includes("a value"))],
  ["counts characters in place of bytes", "utf8", failsAt(({ text }) => Buffer.byteLength(text) !== text.length)],
  [
    "refuses fields that it does not know",
    "unknown-fields",
    failsAt(({ body }) => body?.["unknown"] !== undefined, 400),
  ],
  [
    "chokes on a traceparent",
    "who-asks",
    failsAt(({ headers, body }) => headers.traceparent !== undefined && JSON.stringify(body).includes("who-asks")),
  ],
  ["takes no more than 100 KiB", "large-input", failsAt(({ text }) => text.length > 100_000, 413)],
  ["takes no more than 500 KiB", "very-large-input", failsAt(({ text }) => text.length > 500_000, 413)],
  [
    "takes one call at a time and turns others away",
    "concurrent-calls",
    (request) => (executes(request) && request.underWay > 1 ? { status: 503 } : { ...behave(request), delayMs: 5 }),
  ],
  [
    "answers 409 to a call that it has seen",
    "repeated-call",
    failsAt(({ headers, text }) => text.includes("repeated-call") && isRepeated(headers["idempotency-key"]), 409),
  ],
  [
    "is out of order after garbage",
    "garbage-survived",
    (request) => {
      if (executes(request) && isOwn(request.body) && hadGarbage) return ((hadGarbage = false), { status: 500 });
      hadGarbage = request.text === "{}";
      return behave(request);
    },
  ],
  [
    "drops the connection on garbage",
    "garbage-refused",
    (request) => (executes(request) && request.body === undefined ? { drop: true } : behave(request)),
  ],
  [
    "runs at GET as well",
    "other-http-methods",
    (request) => (request.method === "GET" && request.path.endsWith("execute") ? { body: STARTED } : behave(request)),
  ],
  ["has forgotten its step at the poll", "poll", failsAt(({ body }) => body?.["state"] !== undefined)],
  ["does not list its own key", "info-keys", at("plugin.info", () => ({ body: { keys: ["other"] } }))],
  [
    "lists a method that it does not have",
    "info-methods",
    (request) => (request.path.endsWith("cancel") && isLegitimate(request) ? { status: 404 } : behave(request)),
  ],
  [
    "fails to cancel what was never begun",
    "cancel",
    at("cancel", (request) => (request.text.includes('conformance-cancel"') ? { status: 500 } : behave(request))),
  ],
  [
    "fails to cancel a second time",
    "cancel-twice",
    at("cancel", (request) =>
      request.text.includes("cancel-twice") && isCancelledAgain(request.headers["idempotency-key"])
        ? { status: 500 }
        : behave(request),
    ),
  ],
  [
    "lets everyone cancel",
    "cancel-token",
    at("cancel", (request) => behave({ ...request, headers: { authorization: `Bearer ${TOKEN}` } })),
  ],
  ["is not well", "health", at("/healthz", () => ({ status: 500 }))],
];

describe("a plugin as it should be", () => {
  it("passes every case", async () => {
    const results = await resultsOf(behave);
    expect(results.filter(({ verdict }) => verdict.kind !== "passed")).toEqual([]);
    expect(results.map(({ id }) => id)).toEqual(PLUGIN_CASES.map(({ id }) => id));
  });

  it("of which nobody knows the token, and which has no extensions, is told what could not be seen", async () => {
    const open: Behave = (request) =>
      executes(request) && isOwn(request.body)
        ? { body: { node: { phase: "Succeeded" } } }
        : executes(request) && request.body !== undefined
          ? { body: {} }
          : { status: 404 };
    const results = await resultsOf(
      (request) => (executes(request) && request.body === undefined ? { status: 400 } : open(request)),
      { token: undefined, stop: undefined },
    );
    expect(failedIn(results)).toEqual([]);
    const skipped = results.filter(({ verdict }) => verdict.kind === "skipped").map(({ id }) => id);
    expect(skipped).toEqual([
      "token-missing",
      "token-wrong",
      "token-similar",
      "poll",
      "info-keys",
      "info-methods",
      "cancel",
      "cancel-twice",
      "cancel-token",
      "health",
      "stop",
    ]);
  });
});

describe("a plugin that", () => {
  it.each(FAULTS)("%s fails %s, and nothing else", async (_fault, caseId, behaviour) => {
    const results = await resultsOf(behaviour);
    expect(failedIn(results)).toEqual([caseId]);
    const culprit = results.find(({ id }) => id === caseId);
    expect(culprit?.steps.length).toBeGreaterThan(0);
    expect(conforms(results)).toBe(culprit?.group !== "must");
  });

  it("does not stop fails stop, and nothing else", async () => {
    expect(failedIn(await resultsOf(behave, { stop: () => Promise.resolve(false) }))).toEqual(["stop"]);
  });

  it("does not listen fails listens, and everything else is skipped", async () => {
    const results = await resultsOf(behave, { url: "http://127.0.0.1:1" });
    expect(failedIn(results)).toEqual(["listens"]);
    expect(results.filter(({ verdict }) => verdict.kind === "skipped").length).toBe(PLUGIN_CASES.length - 1);
  });

  it("never answers fails own-key: the rest is not waited for", async () => {
    const never: Behave = (request) => (executes(request) ? { status: 200, text: "" } : behave(request));
    expect(failedIn(await resultsOf(never))).toEqual(["own-key"]);
  });
});

it("each case but the first has a fault that fails it", () => {
  const held = new Set([...FAULTS.map(([, caseId]) => caseId), "listens", "stop"]);
  expect(PLUGIN_CASES.map(({ id }) => id).filter((id) => !held.has(id))).toEqual([]);
});
