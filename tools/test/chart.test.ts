import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CONTROLLER_PERMISSIONS, resolveConfig } from "@outrigger/controller";
import { LEASES, readManifests } from "@outrigger/kube";
import {
  DATA_CONTAINER,
  configMapParser,
  formatIssues,
  isJsonObject,
  list,
  object,
  pluginContainerParser,
  string,
} from "@outrigger/types";
import type { JsonObject, Parser } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { run } from "../command.ts";
import { CHART, findHelm } from "../helm.ts";
import { INSTALL_YAML, installYaml } from "../install-yaml.ts";

const helm = findHelm(process.env);

type Rendered = ReadonlyMap<string, JsonObject>;

function parseAll(yaml: string): readonly JsonObject[] {
  const read = readManifests(yaml, "chart");
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.value.map(({ value }) => value);
}

/** By `<kind>/<namespace>/<name>`; the release is called outrigger, in namespace argo. */
function render(...args: readonly string[]): Rendered {
  const yaml = run([helm ?? "", "template", "outrigger", CHART, "--namespace", "argo", ...args]);
  return new Map(parseAll(yaml).map((value) => [keyOf(value), value]));
}

function keyOf(value: JsonObject): string {
  const { kind, metadata } = parsed(namedParser, value);
  return [kind, metadata.namespace ?? "", metadata.name].join("/");
}

function parsed<T>(parser: Parser<T>, value: unknown): T {
  const result = parser(value, "");
  if (!result.ok) throw new Error(formatIssues(result.issues));
  return result.value;
}

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
const metadataParser = object<Named["metadata"]>({ name: string, namespace: string }, { required: ["name"] });
const namedParser = object<Named>({ kind: string, metadata: metadataParser }, { required: ["kind", "metadata"] });

interface PodTemplate {
  readonly spec: { readonly containers: readonly Container[] };
}
interface Deployment {
  readonly spec: { readonly template: PodTemplate };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
}
const variable = object<Container["env"][number]>({ name: string, value: string }, { required: ["name", "value"] });
const container = object<Container>(
  { name: string, image: string, env: list(variable) },
  { required: ["name", "image", "env"] },
);
const podSpec = object<PodTemplate["spec"]>({ containers: list(container) }, { required: ["containers"] });
const podTemplate = object<PodTemplate>({ spec: podSpec }, { required: ["spec"] });
const deploymentSpec = object<Deployment["spec"]>({ template: podTemplate }, { required: ["template"] });
const deploymentParser: Parser<Deployment> = object<Deployment>({ spec: deploymentSpec }, { required: ["spec"] });

function controllerOf(rendered: Rendered): Container & { readonly config: ReturnType<typeof resolveConfig> } {
  const deployment = parsed(deploymentParser, rendered.get("Deployment/argo/workflow-controller"));
  const [main] = deployment.spec.template.spec.containers;
  if (main === undefined) throw new Error("the Deployment has no container");
  const names = main.env.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  return { ...main, config: resolveConfig(Object.fromEntries(main.env.map(({ name, value }) => [name, value]))) };
}

// Without Helm nothing can be rendered: put it on the PATH, or name it in OUTRIGGER_HELM.
describe.skipIf(helm === undefined)("the chart", () => {
  it.each([undefined, ...readdirSync(join(CHART, "ci"))])("passes helm lint --strict with values %s", (values) => {
    const files = values === undefined ? [] : ["--values", join(CHART, "ci", values)];
    expect(run([helm ?? "", "lint", "--strict", CHART, ...files])).toContain("0 chart(s) failed");
  });

  it("configures a controller that takes every variable, under the names that Argo's documentation uses", () => {
    const { name, image, config } = controllerOf(render());
    expect({ name, image }).toEqual({ name: "workflow-controller", image: "ghcr.io/outrigger-dev/controller:0.1.0" });
    expect(config).toMatchObject({
      installNamespace: "argo",
      watchNamespace: undefined,
      engine: { pluginsEnabled: true, workflowLevelPluginsEnabled: false, agentPlugins: "used", instanceId: undefined },
    });
    expect(config.engine.agent).toMatchObject({ image: "ghcr.io/outrigger-dev/agent:0.1.0", cpuLimit: "1" });
  });

  it("lets extraEnv win, completes names of images, and confines the controller to its instance", () => {
    const { image, config } = controllerOf(render("--values", join(CHART, "ci/everything-values.yaml")));
    expect(image).toBe("registry.example:5000/mirror/controller:1.2.3");
    expect(config).toMatchObject({ logLevel: "debug", engine: { instanceId: "blue" } });
    expect(config.engine.agent.image).toMatch(/^other\.example\/agent@sha256:1{64}$/);
  });

  it("gives the controller of one namespace a Role there, and nothing cluster-wide", () => {
    const rendered = render("--values", join(CHART, "ci/single-namespace-values.yaml"));
    const kinds = [...rendered.keys()].map((key) => key.split("/")[0]);
    expect(kinds.filter((kind) => kind?.startsWith("Cluster") || kind === "CustomResourceDefinition")).toEqual([]);
    expect(JSON.stringify(rendered.get("Role/argo/outrigger-controller"))).not.toContain("clusterworkflowtemplates");
    expect(controllerOf(rendered).config.watchNamespace).toBe("argo");
  });

  it("lets its replicas have the one Lease that they ask for, and no other", () => {
    const rendered = render("--set", "instanceID=blue");
    const { lease } = controllerOf(rendered).config;
    expect(lease?.name).toBe("outrigger-controller-blue");
    const asked = CONTROLLER_PERMISSIONS.find(({ resource }) => resource === LEASES)?.verbs;
    expect(rendered.get("Role/argo/outrigger-leader-election")).toMatchObject({
      rules: [
        { resources: ["leases"], verbs: asked?.filter((verb) => verb === "create") },
        { resources: ["leases"], resourceNames: [lease?.name], verbs: asked?.filter((verb) => verb !== "create") },
      ],
    });
    expect(JSON.stringify(rendered.get("ClusterRole//outrigger-argo"))).not.toContain("leases");
  });

  it("lets agents list and watch task sets and patch their status, in each namespace with Workflows, and no more", () => {
    const rendered = render("--values", join(CHART, "ci/everything-values.yaml"));
    for (const namespace of ["argo", "team-a"]) {
      expect(rendered.get(`Role/${namespace}/outrigger-argo-agent`)).toMatchObject({
        rules: [
          { apiGroups: ["argoproj.io"], resources: ["workflowtasksets"], verbs: ["list", "watch"] },
          { apiGroups: ["argoproj.io"], resources: ["workflowtasksets/status"], verbs: ["patch"] },
        ],
      });
    }
    expect(rendered.has("ServiceAccount/team-a/builds")).toBe(true);
    expect(rendered.has("ServiceAccount/team-a/default")).toBe(false);
  });

  it("keeps warm pools, and lets the controller patch pods where there are any", () => {
    const rendered = render("--values", join(CHART, "ci/everything-values.yaml"));
    expect(controllerOf(rendered).config.warmPools).toEqual([
      { namespace: "argo", serviceAccountName: "default", plugins: ["hello"], size: 2 },
      { namespace: "team-a", serviceAccountName: "builds", plugins: ["hello", "slack"], size: 1 },
    ]);
    for (const namespace of ["argo", "team-a"])
      expect(rendered.get(`Role/${namespace}/outrigger-argo-warm-pool`)).toMatchObject({
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["patch"] }],
      });
    expect([...render().keys()].filter((key) => key.includes("warm-pool"))).toEqual([]);
  });

  it("makes plugins that the controller can read", () => {
    const rendered = render("--values", join(CHART, "ci/everything-values.yaml"));
    for (const plugin of ["hello", "slack"]) {
      const { data = {} } = parsed(configMapParser, rendered.get(`ConfigMap/argo/${plugin}-executor-plugin`));
      const [value] = parseAll(data[DATA_CONTAINER] ?? "");
      expect(parsed(pluginContainerParser, value)).toMatchObject({
        image: `registry.example:5000/mirror/plugin-${plugin}:1.2.3`,
      });
    }
  });

  it.each([
    ["agent.plugin=used", "'plugin' not allowed"],
    ["controller.replicas=two", "got string, want integer"],
    ["workflowNamespaces[0].name=Team_A", "does not match pattern"],
    ["agent.linger=soon", "does not match pattern"],
  ])("refuses the value %s", (value, message) => {
    const { status, stderr } = spawnSync(helm ?? "", ["template", "x", CHART, "--set", value], { encoding: "utf8" });
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });

  it("is what deploy/install.yaml holds", () => {
    expect(parseAll(readFileSync(INSTALL_YAML, "utf8"))).toEqual(parseAll(installYaml(helm ?? "")));
  });
});

describe("the chart's README", () => {
  it("tells of every value", () => {
    const [values] = parseAll(readFileSync(join(CHART, "values.yaml"), "utf8"));
    const readme = readFileSync(join(CHART, "README.md"), "utf8");
    expect(leaves(values ?? {}).filter((path) => !readme.includes(`\`${path}\``))).toEqual([]);
  });
});

/** `controller.pdb.enabled`; what is empty or a list is a leaf, and so is what containers take as it is. */
function leaves(values: JsonObject, prefix = ""): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const path = `${prefix}${name}`;
    const isGroup = isJsonObject(value) && path !== "controller.resources" && Object.keys(value).length > 0;
    return isGroup ? leaves(value, `${path}.`) : [path];
  });
}
