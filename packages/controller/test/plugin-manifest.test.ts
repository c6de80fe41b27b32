import { describe, expect, it } from "vitest";
import { formatIssues } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { readPlugin } from "../src/plugin-manifest.ts";

const CONTAINER = `
name: hello-executor-plugin
image: python:alpine3.6
ports: [{containerPort: 4355}]
resources: {requests: {cpu: 1m}, limits: {cpu: "1"}}
securityContext: {runAsNonRoot: true}
`;

function configMap(data: unknown, annotations: Readonly<Record<string, string>> = {}): KubeObject {
  const metadata = { name: "hello-executor-plugin", namespace: "argo", annotations };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}

describe("reading a plugin's config map", () => {
  it("takes name and namespace from the config map and the container from its YAML", () => {
    const plugin = readPlugin(
      configMap({ "sidecar.automountServiceAccountToken": "true", "sidecar.container": CONTAINER }),
    );
    expect(plugin).toMatchObject({
      ok: true,
      value: {
        name: "hello",
        namespace: "argo",
        sidecar: {
          automountServiceAccountToken: true,
          container: { name: "hello-executor-plugin", ports: [{ containerPort: 4355 }] },
        },
      },
    });
  });

  it("takes it for stateless only where it says so", () => {
    const data = { "sidecar.container": CONTAINER };
    expect(readPlugin(configMap(data))).not.toHaveProperty("value.isStateless");
    const annotations = { "outrigger.dev/stateless": "true" };
    expect(readPlugin(configMap(data, annotations))).toHaveProperty("value.isStateless", true);
  });

  it.each([
    [{}, {}],
    [{ "outrigger.dev/at-most-once": "false", other: "x" }, {}],
    [
      { "outrigger.dev/at-most-once": "true", "outrigger.dev/call-timeout": "2m" },
      { atMostOnce: true, callTimeoutMs: 120_000 },
    ],
  ])("takes from %j how it is called: %j", (annotations, callRules) => {
    expect(readPlugin(configMap({ "sidecar.container": CONTAINER }, annotations))).toMatchObject({
      value: { callRules },
    });
  });

  it.each([
    ["at-most-once", "yes", "must be one of true, false"],
    ["call-timeout", "soon", "must be a duration such as 30s, 2m or 1h30m"],
    ["call-timeout", "0s", "must be longer than 0"],
  ])("says what is wrong with the annotation %s: %s", (name, value, want) => {
    const plugin = readPlugin(configMap({ "sidecar.container": CONTAINER }, { [`outrigger.dev/${name}`]: value }));
    expect(plugin.ok ? "" : formatIssues(plugin.issues)).toContain(
      `metadata.annotations["outrigger.dev/${name}"] ${want}`,
    );
  });

  const bad: Record<string, { data: unknown; want: string }> = {
    "no container": { data: {}, want: 'data["sidecar.container"] is required' },
    "broken YAML": { data: { "sidecar.container": "name: [" }, want: 'data["sidecar.container"] is not valid YAML' },
    "a list": {
      data: { "sidecar.container": "- a" },
      want: 'data["sidecar.container"] is not valid YAML: line 1: must be an object',
    },
    "no port": {
      data: { "sidecar.container": CONTAINER.replace(/ports.*/, "") },
      want: 'data["sidecar.container"].ports is required',
    },
    "an odd automount": {
      data: { "sidecar.container": CONTAINER, "sidecar.automountServiceAccountToken": "yes" },
      want: 'must be "true" or "false", not "yes"',
    },
    "data that are no strings": {
      data: { "sidecar.container": 1 },
      want: 'data["sidecar.container"] must be a string',
    },
  };
  it.each(Object.entries(bad))("says what is wrong with %s", (_name, { data, want }) => {
    const plugin = readPlugin(configMap(data));
    expect(plugin.ok ? "" : formatIssues(plugin.issues)).toContain(want);
  });
});
