// The examples of docs/reference/sdk.md: each region is shown below the first name that it lists, and linked from the others.
import { expect, it } from "vitest";
import { z } from "zod";
import {
  RetryableError,
  createHandler,
  createLogger,
  definePlugin,
  failed,
  running,
  serve,
  succeeded,
} from "@outrigger/sdk";
import type { JsonObject, MetricsSource, PluginContext, SchemaOutput, StandardSchema } from "@outrigger/sdk";
import { testPlugin } from "@outrigger/sdk/testing";

it("definePlugin", async () => {
  // #region definePlugin, PluginDefinition, Plugin
  const greet = definePlugin({
    key: "greet", // plugin: {greet: {name: Ada}}
    input: z.object({ name: z.string(), loud: z.boolean().default(false) }),
    output: z.object({ greeting: z.string() }),
    execute: ({ input }) => {
      const greeting = `Hello ${input.name}${input.loud ? "!" : ""}`;
      return succeeded({ message: "greeted", outputs: { greeting } });
    },
  });
  // #endregion
  const run = await testPlugin(greet).run({ input: { name: "Ada", loud: true } });
  expect(run.outputs).toEqual({ greeting: "Hello Ada!" });
});

it("contexts", async () => {
  // #region PluginContext, PollContext, CancelContext
  const copy = definePlugin({
    key: "copy",
    input: z.object({ from: z.string() }),
    state: z.object({ job: z.string() }),
    execute: ({ input, parameters, workflow, secret, log }) => {
      log.info({ from: input.from, to: parameters["to"] }, "copy begins");
      const job = `${workflow.name}/${secret("BUCKET")}`; // a variable of the container's environment
      return running({ message: "copying", requeueAfter: "1m", state: { job } });
    },
    poll: ({ state, deadline }) => succeeded({ message: `${state.job} is done before ${deadline?.getFullYear()}` }),
    cancel: ({ state, reason }) => `${state?.job ?? "nothing"} was stopped: ${reason}`,
  });
  // #endregion
  const test = testPlugin(copy, { env: { BUCKET: "b" } });
  const step = { input: { from: "a" }, parameters: { to: "b" }, deadlineMs: 600_000 };
  expect((await test.run(step)).message).toMatch(/^test-workflow\/b is done before 2\d+$/);
  expect((await test.run({ ...step, faults: ["cancelAfter"] })).message).toBe(
    "test-workflow/b was stopped: workflow was stopped",
  );
  expect(test.log[0]).toMatchObject({ msg: "copy begins", to: "b" });
});

it("results", async () => {
  // #region succeeded, SucceededOptions, Succeeded, OutputOptions, OutputValues, PluginResult
  const count = definePlugin({
    key: "count",
    execute: ({ parameters }) => {
      const words = (parameters["text"] ?? "").split(" ");
      return succeeded({ message: "counted", outputs: { count: words.length, words }, result: words.length });
    },
  });
  // #endregion
  const run = await testPlugin(count).run({ parameters: { text: "a b" } });
  expect(run).toMatchObject({ outputs: { count: "2", words: '["a","b"]' }, result: "2" });

  // #region failed, Failed
  const check = definePlugin({
    key: "check",
    execute: ({ parameters }) =>
      parameters["url"] === undefined ? failed("url is missing") : succeeded({ message: "url is there" }),
  });
  // #endregion
  expect(await testPlugin(check).run()).toMatchObject({ phase: "Failed", message: "url is missing" });

  // #region running, RunningOptions, Running
  const wait = definePlugin({
    key: "wait",
    state: z.number(),
    execute: ({ state = 0 }) =>
      state === 3
        ? succeeded()
        : running({ message: "not yet", progress: `${state}/3`, requeueAfter: "30s", state: state + 1 }),
  });
  // #endregion
  expect(await testPlugin(wait).run()).toMatchObject({ phase: "Succeeded", elapsedMs: 90_000 });
});

it("RetryableError", async () => {
  const answers = [429, 200];
  const fetchStatus = (): number => answers.shift() ?? 500;
  // #region RetryableError, RetryableErrorOptions
  const post = definePlugin({
    key: "post",
    execute: () => {
      const status = fetchStatus();
      if (status === 429) throw new RetryableError("too many requests", { retryAfter: "20s" });
      return status === 200 ? succeeded() : failed(`the service answered ${status}`);
    },
  });
  // #endregion
  expect(await testPlugin(post).run()).toMatchObject({ phase: "Succeeded", elapsedMs: 20_000 });
});

it("schemas", async () => {
  // #region StandardSchema, SchemaInput, SchemaOutput, SchemaVerdict, SchemaIssue
  // A library is the usual way. By hand, a schema is an object like this:
  const port: StandardSchema<unknown, number> = {
    "~standard": {
      version: 1,
      vendor: "mine",
      validate: (value) =>
        Number.isInteger(value) ? { value: Number(value) } : { issues: [{ message: "must be a whole number" }] },
    },
  };
  const open = definePlugin({
    key: "open",
    input: port,
    execute: ({ input }) => {
      const asTyped: SchemaOutput<typeof port> = input; // a number
      return succeeded({ outputs: { port: asTyped } });
    },
  });
  // #endregion
  expect(await testPlugin(open).run({ input: 80 })).toMatchObject({ outputs: { port: "80" } });
  expect(await testPlugin(open).run({ input: "http" })).toMatchObject({
    message: "the template does not fit the plugin: plugin.open: must be a whole number",
  });
});

const hello = definePlugin({ key: "hello", execute: () => succeeded({ message: "Hello!" }) });

it("serve", async () => {
  // #region serve, ServeOptions, PluginServer
  const server = await serve([hello], { port: 0, token: "secret", maxConcurrentCalls: 20, handleSignals: false });
  const health = await fetch(`${server.url}/healthz`);
  await server.stop();
  // #endregion
  expect(await health.text()).toBe("ok");
});

it("createHandler", async () => {
  // #region createHandler, HandlerOptions, PluginHandler, PluginRequest, PluginResponse, Environment
  const handle = createHandler(hello, { token: "secret", env: { REGION: "eu" } });
  const response = await handle({
    method: "POST",
    path: "/api/v1/template.execute",
    headers: { authorization: "Bearer secret" },
    body: JSON.stringify({ workflow: { metadata: {} }, template: { plugin: { hello: {} } } }),
  });
  // response: {status: 200, headers: {…}, body: '{"node":{"phase":"Succeeded","message":"Hello!"}}'}
  // #endregion
  expect([response.status, response.body]).toEqual([200, '{"node":{"phase":"Succeeded","message":"Hello!"}}']);
});

it("createLogger", () => {
  const lines: string[] = [];
  // #region createLogger, Logger, LogFields
  const log = createLogger({ level: "debug", write: (line) => void lines.push(line) }).child({ part: "cache" });
  log.debug({ entries: 3 }, "cache is filled");
  // {"level":"debug","time":"…","part":"cache","entries":3,"msg":"cache is filled"}
  // #endregion
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ part: "cache", entries: 3, msg: "cache is filled" });
});

it("metrics", async () => {
  // #region MetricsSource
  let posted = 0;
  const own: MetricsSource = {
    metrics: () => `# HELP posted_total Messages\n# TYPE posted_total counter\nposted_total ${posted}\n`,
  };
  const handle = createHandler(hello, { token: "secret", metrics: own }); // or a Registry of prom-client
  posted += 1;
  const page = await handle({ method: "GET", path: "/metrics", headers: {}, body: "" });
  // #endregion
  expect(page.body).toContain("posted_total 1\n");
});

it("JSON", async () => {
  // #region JsonValue, JsonObject
  // Without schemas, input and state are JSON of any kind: look before you use it.
  const textOf = ({ input }: PluginContext): string => {
    if (typeof input !== "object" || input === null || !("text" in input)) return "no text";
    const { text }: JsonObject = input;
    return typeof text === "string" ? text : "no text";
  };
  const echo = definePlugin({ key: "echo", execute: (context) => succeeded({ message: textOf(context) }) });
  // #endregion
  expect(await testPlugin(echo).run({ input: { text: "hi" } })).toMatchObject({ message: "hi" });
});

it("testPlugin", async () => {
  // #region testPlugin, TestOptions, PluginTest, TestStep, TestRun, TestCall, TestReport, Fault
  const deploy = definePlugin({
    key: "deploy",
    state: z.string(),
    execute: ({ secret }) => running({ message: "rolling out", requeueAfter: "2m", state: secret("CLUSTER") }),
    poll: ({ state }) => succeeded({ message: `${state} is up` }),
  });

  const test = testPlugin(deploy, { env: { CLUSTER: "blue" } });
  const run = await test.run({ input: {}, faults: ["drop"] }); // the answer to the first call is lost
  // #endregion
  expect(run).toMatchObject({ phase: "Succeeded", message: "blue is up", elapsedMs: 121_000 });
  expect(run.reports).toMatchObject([{ atMs: 1_000, message: "rolling out" }]);
  expect(run.calls.map(({ fault }) => fault)).toEqual(["drop", undefined, undefined]);
});
