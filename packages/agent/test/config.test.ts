import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DEFAULT_LIMITS, resolveConfig, runAgentInit } from "@outrigger/agent";
import { resolveSharedConfig } from "../src/config.ts";
import { renewedTokenReader, tokenReader } from "../src/plugin-tokens.ts";

const ENV = {
  ARGO_WORKFLOW_NAME: "wf",
  ARGO_WORKFLOW_UID: "uid-1",
  ARGO_PLUGIN_NAMES: '["hello-executor-plugin","slack"]',
  ARGO_PLUGIN_ADDRESSES: '["http://localhost:4355","http://localhost:14522/"]',
};

describe("the agent's environment", () => {
  it("is Argo's", () => {
    expect(resolveConfig(ENV)).toEqual({
      identity: { workflowName: "wf", workflowUid: "uid-1" },
      plugins: [
        { name: "hello-executor-plugin", address: "http://localhost:4355", rules: {} },
        { name: "slack", address: "http://localhost:14522", rules: {} },
      ],
      limits: DEFAULT_LIMITS,
      logLevel: "info",
      http: undefined,
    });
  });

  it("names an agent that is started before its Workflow", () => {
    const { ARGO_PLUGIN_NAMES, ARGO_PLUGIN_ADDRESSES } = ENV;
    const config = resolveConfig({ ARGO_PLUGIN_NAMES, ARGO_PLUGIN_ADDRESSES, OUTRIGGER_AGENT_NAME: "warm-agent-1" });
    expect(config.identity).toEqual({ agentName: "warm-agent-1" });
  });

  it("sets limits, log level and an address for metrics", () => {
    const config = resolveConfig({
      ...ENV,
      ARGO_AGENT_TASK_WORKERS: "4",
      OUTRIGGER_PLUGIN_START_TIMEOUT: "2m",
      OUTRIGGER_PLUGIN_CALL_TIMEOUT: "1m30s",
      OUTRIGGER_PLUGIN_MAX_ANSWER_BYTES: "1000",
      OUTRIGGER_PLUGIN_POLL_INTERVAL: "5s",
      OUTRIGGER_PLUGIN_RETRY_DELAY: "10ms",
      OUTRIGGER_LOG_LEVEL: "debug",
      OUTRIGGER_HTTP_ADDRESS: ":9090",
    });
    expect(config.limits).toEqual({
      ...DEFAULT_LIMITS,
      callsPerPlugin: 4,
      pluginStartMs: 120_000,
      callTimeoutMs: 90_000,
      maxAnswerBytes: 1_000,
      pollIntervalMs: 5_000,
      retryDelayMs: 10,
    });
    expect(config.logLevel).toBe("debug");
    expect(config.http).toEqual({ host: "0.0.0.0", port: 9090 });
  });

  it("says how a plugin is called where that is not as for all", () => {
    const rules = { slack: { atMostOnce: true, callTimeoutMs: 120_000 }, unknown: {} };
    const { plugins } = resolveConfig({ ...ENV, OUTRIGGER_PLUGIN_RULES: JSON.stringify(rules) });
    expect(plugins.map((plugin) => plugin.rules)).toEqual([{}, rules.slack]);
  });

  it.each([
    ["OUTRIGGER_PLUGIN_RULES", "{", "OUTRIGGER_PLUGIN_RULES is not valid: must be an object"],
    [
      "OUTRIGGER_PLUGIN_RULES",
      '{"slack":{"callTimeoutMs":0}}',
      "OUTRIGGER_PLUGIN_RULES is not valid: slack.callTimeoutMs must be above 0, not 0",
    ],
    ["ARGO_WORKFLOW_NAME", "", "ARGO_WORKFLOW_NAME must be set"],
    ["ARGO_WORKFLOW_UID", undefined, "ARGO_WORKFLOW_UID must be set"],
    ["ARGO_PLUGIN_NAMES", "hello", "ARGO_PLUGIN_NAMES must be a JSON list of strings, not hello"],
    ["ARGO_PLUGIN_NAMES", "[1]", "ARGO_PLUGIN_NAMES must be a JSON list of strings, not [1]"],
    ["ARGO_PLUGIN_NAMES", '["../x"]', 'ARGO_PLUGIN_NAMES must hold names of containers, not "../x"'],
    ["ARGO_PLUGIN_NAMES", '["a","a"]', 'ARGO_PLUGIN_NAMES must hold each name once, but has "a" twice'],
    ["ARGO_PLUGIN_NAMES", '["a"]', "ARGO_PLUGIN_NAMES and ARGO_PLUGIN_ADDRESSES must be of one length, not 1 and 2"],
    ["ARGO_PLUGIN_ADDRESSES", '["x","y"]', 'addresses such as http://localhost:4355, not "x"'],
    ["ARGO_AGENT_TASK_WORKERS", "0", 'ARGO_AGENT_TASK_WORKERS must be a whole number from 1, not "0"'],
    ["OUTRIGGER_PLUGIN_START_TIMEOUT", "soon", 'must be a duration such as 30s or 2m, not "soon"'],
    ["OUTRIGGER_LOG_LEVEL", "loud", "OUTRIGGER_LOG_LEVEL must be one of debug, info"],
    ["OUTRIGGER_HTTP_ADDRESS", "here", 'OUTRIGGER_HTTP_ADDRESS must be HOST:PORT, such as 0.0.0.0:9090, not "here"'],
  ])("%s=%s is refused", (name, value, message) => {
    expect(() => resolveConfig({ ...ENV, [name]: value })).toThrow(message);
  });
});

describe("the environment of agent serve", () => {
  it("may be empty: then it makes requests for all namespaces", () => {
    expect(resolveSharedConfig({})).toEqual({
      namespace: undefined,
      instanceId: undefined,
      taskSets: "all",
      plugins: [],
      limits: DEFAULT_LIMITS,
      logLevel: "info",
      http: { host: "0.0.0.0", port: 9090 },
    });
  });

  it("names plugins wherever they are, one namespace, one instance", () => {
    const config = resolveSharedConfig({
      ARGO_PLUGIN_NAMES: '["slack"]',
      ARGO_PLUGIN_ADDRESSES: '["http://slack.plugins:8080"]',
      OUTRIGGER_WATCH_NAMESPACE: "team",
      OUTRIGGER_INSTANCE_ID: "one",
    });
    expect(config).toMatchObject({ namespace: "team", instanceId: "one" });
    expect(config.plugins).toEqual([{ name: "slack", address: "http://slack.plugins:8080", rules: {} }]);
  });

  it.each([
    ["another choice", { OUTRIGGER_TASK_SETS: "mine" }, 'OUTRIGGER_TASK_SETS must be one of all, shared, not "mine"'],
    ["names without addresses", { ARGO_PLUGIN_NAMES: '["a"]' }, "ARGO_PLUGIN_ADDRESSES must be set"],
    ["addresses without names", { ARGO_PLUGIN_ADDRESSES: '["http://a:1"]' }, "ARGO_PLUGIN_NAMES must be set"],
  ])("%s are refused", (_what, env, message) => {
    expect(() => resolveSharedConfig(env)).toThrow(message);
  });

  it("has tokens in files that may change", async () => {
    const folder = await mkdtemp(join(tmpdir(), "agent-token-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, "slack"));
    const read = renewedTokenReader(folder, "slack");
    for (const token of ["first", "second"]) {
      await writeFile(join(folder, "slack", "token"), `${token}\n`);
      expect(await read()).toBe(token);
    }
  });
});

describe("agent init", () => {
  it("makes a token for each plugin, which any user of its container can read, and never another one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "agent-init-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await runAgentInit({ env: ENV, tokenFolder: folder });

    const files = ["hello-executor-plugin", "slack"].map((name) => join(folder, name, "token"));
    const tokens = await Promise.all(files.map((file) => readFile(file, "utf8")));
    for (const token of tokens) expect(token).toMatch(/^[\w-]{32}$/);
    expect(tokens[0]).not.toBe(tokens[1]);
    for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o444);
    expect(await readdir(join(folder, "slack"))).toEqual(["token"]);

    await runAgentInit({ env: ENV, tokenFolder: folder });
    expect(await Promise.all(files.map((file) => readFile(file, "utf8")))).toEqual(tokens);
    expect(await tokenReader(folder, "slack")()).toBe(tokens[1]);
  });

  it("that has not run is what a missing token comes from", async () => {
    await expect(tokenReader("/nowhere", "slack")()).rejects.toThrow(
      'the plugin\'s token /nowhere/slack/token cannot be read; has "agent init" run, or is its Secret mounted?',
    );
  });
});
