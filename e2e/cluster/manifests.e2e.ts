import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  HttpKubeClient,
  NAMESPACES,
  loadConnection,
  readManifests,
  toYaml,
} from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, works } from "../../tools/command.ts";
import { CHART, findHelm } from "../../tools/helm.ts";
import { MANIFESTS } from "../../tools/install-yaml.ts";
import { ROOT } from "../support/cli.ts";

// The strictest namespace that there is: a Deployment of which no pod could run there only gets a warning.
const RESTRICTED = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};
const DRY_RUN =
  "apply --server-side --force-conflicts --dry-run=server --field-manager outrigger-e2e --filename -".split(" ");
// Of the Prometheus operator, which few test clusters have.
const SERVICE_MONITORS = "servicemonitors.monitoring.coreos.com";

const hasKubectl = works(["kubectl", "version", "--client"]);

// Without kubectl nobody shows the server's warnings.
describe.skipIf(!hasKubectl)("the API server takes every manifest, by a dry run in restricted namespaces:", () => {
  let client: KubeClient;
  /** By the names that the manifests have: namespaces that are there for this test only. */
  const namespaces = new Map<string, string>();

  beforeAll(async () => {
    client = new HttpKubeClient({ connection: await loadConnection({ env: process.env }) });
    for (const name of ["argo", "team-a"]) {
      const metadata = { generateName: "e2e-", labels: RESTRICTED };
      const made = await client.create(NAMESPACES, undefined, { apiVersion: "v1", kind: "Namespace", metadata });
      namespaces.set(name, made.metadata.name ?? "");
    }
  });
  afterAll(async () => {
    for (const name of namespaces.values()) await client.delete(NAMESPACES, { name });
    client.close();
  });

  const objectsIn = (yaml: string): readonly JsonObject[] => {
    const moved = yaml.replaceAll(/\b(namespace|name): (argo|team-a)$/gm, (all, key: string, name: string) => {
      const now = namespaces.get(name);
      return now === undefined ? all : `${key}: ${now}`;
    });
    const read = readManifests(moved, "chart");
    if (!read.ok) throw new Error(JSON.stringify(read.issues));
    return read.value.map(({ value }) => value);
  };

  const chart = (values: string): readonly JsonObject[] => {
    const args = ["template", "outrigger", CHART, "--namespace", "argo", "--values", join(CHART, values)];
    return objectsIn(run([findHelm(process.env) ?? "helm", ...args]));
  };

  /** What the API server warns of; throws if it refuses one. */
  const dryRun = (objects: readonly JsonObject[]): string => {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    const { status, stdout, stderr } = spawnSync("kubectl", DRY_RUN, { input, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    expect(stdout.trim().split("\n")).toHaveLength(objects.length);
    return stderr;
  };

  it.each(["values.yaml", ...readdirSync(join(CHART, "ci")).map((file) => `ci/${file}`)])(
    "the chart's, with %s",
    (values) => expect(dryRun(chart(values).filter(({ kind }) => kind !== "ServiceMonitor"))).toBe(""),
  );

  it.each(MANIFESTS)("$path", ({ path }) => {
    expect(dryRun(objectsIn(readFileSync(join(ROOT, path), "utf8")))).toBe("");
  });

  it("ServiceMonitors", async ({ skip }) => {
    const { items } = await client.list(CUSTOM_RESOURCE_DEFINITIONS);
    const isKnown = items.some(({ metadata }) => metadata.name === SERVICE_MONITORS);
    skip(!isKnown, "the cluster has no Prometheus operator");
    expect(dryRun(chart("ci/everything-values.yaml").filter(({ kind }) => kind === "ServiceMonitor"))).toBe("");
  });

  it("and would warn of a pod that cannot run there", () => {
    const pod = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "a", image: "b" }] } };
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a", namespace: "argo" } };
    const spec = { selector: { matchLabels: { a: "b" } }, template: pod };
    expect(dryRun(objectsIn(toYaml({ ...deployment, spec })))).toContain("would violate PodSecurity");
  });
});
