import { describe, expect, it } from "vitest";
import { testPlugin } from "@outrigger/sdk/testing";
import type { PluginTest, TestRun, TestStep } from "@outrigger/sdk/testing";
import { httpPoll } from "../http-poll.ts";
import { FakeJobs } from "./fake-jobs.ts";
import type { Script } from "./fake-jobs.ts";

const EVERY_MS = 10_000;

function template({ url }: FakeJobs, more: object = {}): object {
  return {
    start: { url: `${url}/jobs`, body: { rows: 3 } },
    job: "job.id",
    poll: { url: `${url}/jobs/{job}`, state: "state.phase" },
    cancel: { url: `${url}/jobs/{job}` },
    outputs: { url: "result.url", rows: "result.rows" },
    ...more,
  };
}

interface Bench {
  readonly jobs: FakeJobs;
  readonly test: PluginTest;
  readonly run: (step?: TestStep, more?: object) => Promise<TestRun>;
}

async function bench(scripts: readonly (Script | undefined)[] = [], env: Record<string, string> = {}): Promise<Bench> {
  const jobs = await FakeJobs.start(...scripts);
  const test = testPlugin(httpPoll({ timeoutMs: 200 }), { env });
  return { jobs, test, run: (step = {}, more = {}) => test.run({ ...step, input: template(jobs, more) }) };
}

const status =
  (code: number, text = ""): Script =>
  (response) =>
    void response.writeHead(code).end(text);

describe("a job", () => {
  it("is started, polled as often as asked for, and its answer becomes outputs", async () => {
    const { jobs, run } = await bench();
    const ended = await run();
    expect(ended).toMatchObject({
      phase: "Succeeded",
      message: "job 42: 2 polls",
      outputs: { url: "/results/42", rows: "3" },
      elapsedMs: 2 * EVERY_MS,
    });
    expect(ended.reports).toMatchObject([
      { message: "job 42 was started" },
      { message: "job 42: 1 polls", progress: "50/100" },
    ]);
    expect(jobs.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /jobs",
      "GET /jobs/42",
      "GET /jobs/42",
    ]);
    expect(jobs.seen[0]?.body).toEqual({ rows: 3 });
  });

  it("that fails fails the step, with what it says", async () => {
    const { jobs, run } = await bench();
    jobs.end = "failed";
    expect(await run()).toMatchObject({ phase: "Failed", message: "job 42: 2 polls" });
  });

  it("is cancelled when its step is out of time", async () => {
    const { jobs, run } = await bench();
    jobs.pollsToEnd = 1_000;
    const ended = await run({ deadlineMs: 25_000 });
    expect(ended.message).toContain("job 42 was cancelled");
    expect(jobs.jobs).toMatchObject([{ status: "cancelled" }]);
  });

  it("goes on where the template does not say how to cancel it, and the step says so", async () => {
    const { jobs, run } = await bench();
    jobs.pollsToEnd = 1_000;
    const ended = await run({ deadlineMs: 25_000 }, { cancel: undefined });
    expect(ended.message).toContain("job 42 goes on");
  });
});

describe("what goes wrong on the way to the plugin", () => {
  it.each([
    ["the answer to start is lost", ["drop"]],
    ["start is delivered twice", ["duplicate"]],
    ["start gets no answer in time", ["timeout"]],
    ["the agent starts again between polls", [undefined, "restart"]],
    ["the plugin is not reached", ["unavailable", "unavailable"]],
  ] as const)("%s: there is one job all the same", async (_what, faults) => {
    const { jobs, run } = await bench();
    expect(await run({ faults })).toMatchObject({ phase: "Succeeded" });
    expect(jobs.jobs).toHaveLength(1);
  });

  it("another attempt is another job", async () => {
    const { jobs, run } = await bench();
    for (const attempt of [0, 1]) await run({ nodeId: "n", attempt });
    expect(jobs.jobs).toHaveLength(2);
  });
});

describe("what the server of the jobs does", () => {
  it("503 and 429 to start: it is asked again", async () => {
    const { jobs, run } = await bench([status(503), status(429)]);
    expect(await run()).toMatchObject({ phase: "Succeeded" });
    expect(jobs.jobs).toHaveLength(1);
  });

  it.each([
    [status(500, "boom"), "the job was not started: status 500: boom; or perhaps it was"],
    [(response) => response.destroy(), "; or perhaps it was: nobody knows"],
    [status(422, '{"error":"rows"}'), 'the job was not started: status 422: {"error":"rows"}'],
    [status(200, '{"id":1}'), "the answer to start has no job.id"],
  ] as readonly (readonly [Script, string])[])("start fails: the step says how", async (script, message) => {
    const { run } = await bench([script]);
    expect(await run()).toMatchObject({ phase: "Failed", message: expect.stringContaining(message) });
  });

  it("is away for a while: the poll is made again, and the step says so meanwhile", async () => {
    const { run } = await bench([undefined, status(500), (response) => response.destroy()]);
    const ended = await run();
    expect(ended.phase).toBe("Succeeded");
    expect(ended.reports.map(({ message }) => message)).toContain(
      "job 42 cannot be asked how it fares (1 of 20 times): status 500",
    );
  });

  it("is away for good: the step gives up", async () => {
    const { run } = await bench([undefined, ...Array.from({ length: 20 }, () => status(502))]);
    expect(await run()).toMatchObject({ phase: "Failed", message: expect.stringContaining("(20 of 20 times)") });
  });

  it("has forgotten the job", async () => {
    const { run } = await bench([undefined, status(404)]);
    expect(await run()).toMatchObject({ phase: "Failed", message: "job 42 cannot be asked how it fares: status 404" });
  });

  it("leaves out an output", async () => {
    const { run } = await bench();
    const ended = await run({}, { outputs: { log: "result.log" } });
    expect(ended).toMatchObject({
      phase: "Failed",
      message: expect.stringContaining("has no result.log, the output log"),
    });
  });
});

describe("a header out of the plugin's environment", () => {
  const headers = [{ name: "Authorization", env: "JOBS_TOKEN" }];
  const secret = "Bearer very-secret";

  it("goes with each request to the hosts that its owner names", async () => {
    const jobs = await FakeJobs.start();
    const env = { JOBS_TOKEN: secret, JOBS_TOKEN_HOSTS: `elsewhere, ${new URL(jobs.url).host}` };
    const test = testPlugin(httpPoll(), { env });
    const run = await test.run({ input: template(jobs, { headers }) });
    expect(run.phase).toBe("Succeeded");
    expect(jobs.seen.every(({ headers: { authorization } }) => authorization === secret)).toBe(true);
    expect(JSON.stringify([run, test.log])).not.toContain("very-secret");
  });

  it.each([
    [{}, "plugin http-poll needs the environment variable JOBS_TOKEN"],
    [{ JOBS_TOKEN: secret }, "plugin http-poll needs the environment variable JOBS_TOKEN_HOSTS"],
    [
      { JOBS_TOKEN: secret, JOBS_TOKEN_HOSTS: "jobs.example" },
      "the variable JOBS_TOKEN_HOSTS of the plugin's container allows jobs.example",
    ],
  ])("goes nowhere else", async (env, message) => {
    const { jobs, run } = await bench([], env);
    const ended = await run({}, { headers });
    expect(ended).toMatchObject({ phase: "Failed", message: expect.stringContaining(message) });
    expect(JSON.stringify(ended)).not.toContain("very-secret");
    expect(jobs.seen).toEqual([]);
  });
});
