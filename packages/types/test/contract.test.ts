import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  agentPodName,
  executorPluginParser,
  executeReplyParser,
  formatGoDuration,
  formatIssues,
  nodeId,
  ownersByName,
  parseGoDuration,
  pluginConfigMap,
} from "@outrigger/types";

describe("node ids", () => {
  it("hashes the name with FNV-1a 32, except for the root node", () => {
    expect(nodeId("wf", "wf")).toBe("wf");
    // Recorded from Argo Workflows v4.1.2.
    expect(nodeId("hello", "agent")).toMatch(/^hello-\d+$/);
    expect(nodeId("", "")).toBe("");
    expect(nodeId("x", "foobar")).toBe("x-3214735720"); // FNV-1a 32 of "foobar" is 0xbf9cf968 in the reference tables
    expect(agentPodName("wf")).toBe(`${nodeId("wf", "agent")}-agent`);
  });
});

describe("Go durations", () => {
  const table: Record<string, number | undefined> = {
    "2m": 120_000,
    "1m0s": 60_000,
    "1h15m30.9s": 4_530_900,
    "500ms": 500,
    "0": 0,
    "-1.5h": -5_400_000,
    ".5s": 500,
    "+3s": 3_000,
    "1us": 0.001,
    "": undefined,
    "2": undefined,
    "1m30": undefined,
    "2 m": undefined,
    m: undefined,
    "1d": undefined,
  };
  it.each(Object.entries(table))("%s", (text, want) => {
    expect(parseGoDuration(text)).toBe(want);
  });

  it("are printed so that they read back the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (milliseconds) => {
        expect(parseGoDuration(formatGoDuration(milliseconds))).toBeCloseTo(milliseconds, 3);
      }),
    );
    expect([60_000, 4_530_900, 500, 3_600_000].map(formatGoDuration)).toEqual([
      "1m0s",
      "1h15m30.9s",
      "500ms",
      "1h0m0s",
    ]);
  });
});

describe("which plugin owns a key", () => {
  const published = [
    "hello",
    "slack",
    "python",
    "wasm",
    "hermes",
    "argocd",
    "volcano",
    "chaos-mesh",
    "gogit",
    "argo-atomic",
    "awf-aws",
    "pytorch",
    "ray",
  ];
  const keys: Record<string, string> = {
    hello: "hello",
    slack: "slack",
    python: "python",
    wasm: "wasm",
    hermes: "hermes",
    argocd: "argocd",
    volcano: "volcano",
    chaosMesh: "chaos-mesh",
    "gogit-executor-plugin": "gogit",
    "argo-atomic-plugin": "argo-atomic",
    "awf-aws-plugin": "awf-aws",
    pytorch: "pytorch",
    ray: "ray",
  };
  const containers = published.map((name) => `${name}-executor-plugin`);
  it.each(Object.entries(keys))("%s belongs to %s, of the thirteen published plugins", (key, owner) => {
    expect(ownersByName(key, containers).map((index) => published[index])).toEqual([owner]);
  });
  it("ignores case and dashes", () => {
    expect(ownersByName("workflowLevelHello", ["workflow-level-hello-executor-plugin"])).toEqual([0]);
    expect(ownersByName("nobody", containers)).toEqual([]);
  });
});

describe("plugin.yaml", () => {
  const container = {
    name: "hello-executor-plugin",
    image: "python:alpine3.6",
    ports: [{ containerPort: 4355 }],
    resources: { requests: { cpu: "1m" }, limits: { cpu: "1" } },
    securityContext: { runAsNonRoot: true },
  };
  const manifest = (changes: object): unknown => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "ExecutorPlugin",
    metadata: { name: "hello" },
    spec: { sidecar: { container: { ...container, ...changes } } },
  });
  const issues = (value: unknown): string => {
    const parsed = executorPluginParser(value, "");
    return parsed.ok ? "" : formatIssues(parsed.issues);
  };

  const mandatory: Record<string, { changes: object; want: string }> = {
    "at least one port": { changes: { ports: [] }, want: "spec.sidecar.container.ports must list at least one port" },
    "a list of ports": { changes: { ports: undefined }, want: "spec.sidecar.container.ports is required" },
    "resource requests": {
      changes: { resources: { limits: {} } },
      want: "spec.sidecar.container.resources.requests is required",
    },
    "resource limits": {
      changes: { resources: { requests: {} } },
      want: "spec.sidecar.container.resources.limits is required",
    },
    "a security context": {
      changes: { securityContext: undefined },
      want: "spec.sidecar.container.securityContext is required",
    },
    "a possible port": {
      changes: { ports: [{ containerPort: 70_000 }] },
      want: "spec.sidecar.container.ports[0].containerPort must be from 1 to 65535, not 70000",
    },
    "known fields only": {
      changes: { imagePullpolicy: "Always" },
      want: "spec.sidecar.container.imagePullpolicy is not a known field; did you mean imagePullPolicy?",
    },
  };
  it.each(Object.entries(mandatory))("wants %s", (_name, { changes, want }) => {
    expect(issues(manifest(changes))).toBe(want);
  });

  it("becomes a config map that keeps labels and annotations", () => {
    const parsed = executorPluginParser(manifest({}), "");
    if (!parsed.ok) throw new Error(formatIssues(parsed.issues));
    const plugin = { ...parsed.value, metadata: { name: "hello", labels: { a: "b" }, annotations: { c: "d" } } };
    expect(pluginConfigMap(plugin, "name: hello\n")).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "hello-executor-plugin",
        labels: { a: "b", "workflows.argoproj.io/configmap-type": "ExecutorPlugin" },
        annotations: { c: "d" },
      },
      data: { "sidecar.automountServiceAccountToken": "false", "sidecar.container": "name: hello\n" },
    });
  });
});

describe("a plugin's answer", () => {
  it("has its durations as milliseconds and its values as text", () => {
    const reply = { node: { phase: "Running", outputs: { parameters: [{ name: "n", value: 2 }] } }, requeue: "1m0s" };
    expect(executeReplyParser(reply, "")).toEqual({
      ok: true,
      value: { node: { phase: "Running", outputs: { parameters: [{ name: "n", value: "2" }] } }, requeue: 60_000 },
    });
  });
  it("declines with {} and with a null node", () => {
    expect(executeReplyParser({}, "")).toEqual({ ok: true, value: {} });
    expect(executeReplyParser({ node: null }, "")).toEqual({ ok: true, value: {} });
  });
});
