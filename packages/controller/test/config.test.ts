import { describe, expect, it } from "vitest";
import { ConfigError } from "@outrigger/types";
import { resolveConfig } from "../src/config.ts";

describe("the controller's configuration", () => {
  it("has plugins switched off unless ARGO_EXECUTOR_PLUGINS is true", () => {
    expect(resolveConfig({}).engine.pluginsEnabled).toBe(false);
    expect(resolveConfig({ ARGO_EXECUTOR_PLUGINS: "1" }).engine.pluginsEnabled).toBe(false);
    expect(resolveConfig({ ARGO_EXECUTOR_PLUGINS: "true" }).engine.pluginsEnabled).toBe(true);
  });

  it("has defaults for everything", () => {
    const config = resolveConfig({});
    expect(config).toMatchObject({
      installNamespace: "argo",
      watchNamespace: undefined,
      http: { host: "0.0.0.0", port: 9090 },
      logLevel: "info",
      engine: {
        agentPlugins: "used",
        agentPods: "create",
        maxOpenTasks: 1_000,
        agent: { cpuLimit: "1", memoryLimit: "256M", lingerMs: 30_000, cancelGraceMs: 10_000, env: {} },
      },
    });
  });

  it("passes Argo's agent settings on to the agent", () => {
    const { agent } = resolveConfig({ ARGO_AGENT_TASK_WORKERS: "4", ARGO_AGENT_CPU_LIMIT: "1" }).engine;
    expect(agent).toMatchObject({ env: { ARGO_AGENT_TASK_WORKERS: "4" }, cpuLimit: "1" });
  });

  const bad: Record<string, string> = {
    OUTRIGGER_AGENT_LINGER: "soon",
    OUTRIGGER_AGENT_PLUGINS: "some",
    OUTRIGGER_AGENT_PODS: "shared",
    OUTRIGGER_WORKERS: "0",
    OUTRIGGER_MAX_OPEN_TASKS: "0",
    OUTRIGGER_HTTP_ADDRESS: "9090",
    OUTRIGGER_LOG_LEVEL: "loud",
    OUTRIGGER_AGENT_IMAGE_PULL_POLICY: "Sometimes",
  };
  it.each(Object.entries(bad))("names the variable that makes no sense: %s=%s", (name, value) => {
    expect(() => resolveConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => resolveConfig({ [name]: value })).toThrow(new RegExp(`^${name} must be .*"${value}"`));
  });
});
