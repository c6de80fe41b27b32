import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { AGENT_PERMISSIONS, resolveSharedConfig } from "@outrigger/agent";
import { CONTROLLER_PERMISSIONS, resolveConfig } from "@outrigger/controller";
import { LEASES, readManifests } from "@outrigger/kube";
import {
  DATA_CONTAINER,
  VERSION,
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
import { at } from "../../e2e/support/scripted-plugin.ts";
import { MANIFESTS, renderManifest } from "../install-yaml.ts";
import { rbacRules, withoutSecrets } from "../rbac-rules.ts";

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
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}
const variable = object<NonNullable<Container["env"]>[number]>({ name: string, value: string }, { required: ["name"] });
const container = object<Container>(
  { name: string, image: string, args: list(string), env: list(variable) },
  { required: ["name", "image"] },
);
const podSpec = object<PodTemplate["spec"]>({ containers: list(container) }, { required: ["containers"] });
const podTemplate = object<PodTemplate>({ spec: podSpec }, { required: ["spec"] });
const deploymentSpec = object<Deployment["spec"]>({ template: podTemplate }, { required: ["template"] });
const deploymentParser: Parser<Deployment> = object<Deployment>({ spec: deploymentSpec }, { required: ["spec"] });

const CONTROLLER = "Deployment/argo/workflow-controller";
const SHARED_AGENT = "Deployment/argo/outrigger-shared-agent";

/** A container, and the environment that it starts with; each variable stands there once. */
function containerOf(rendered: Rendered, deployment: string, name: string) {
  const { containers } = parsed(deploymentParser, rendered.get(deployment)).spec.template.spec;
  const found = containers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${deployment} has no container ${name}`);
  const { env = [] } = found;
  expect(new Set(env.map((each) => each.name)).size).toBe(env.length);
  return { ...found, env: Object.fromEntries(env.map((each) => [each.name, each.value])) };
}

function controllerOf(rendered: Rendered) {
  const main = containerOf(rendered, CONTROLLER, "workflow-controller");
  return { ...main, config: resolveConfig(main.env) };
}

// Without Helm nothing can be rendered: put it on the PATH, or name it in OUTRIGGER_HELM.
describe.skipIf(helm === undefined)("the chart", () => {
  it.each([undefined, ...readdirSync(join(CHART, "ci"))])("passes helm lint --strict with values %s", (values) => {
    const files = values === undefined ? [] : ["--values", join(CHART, "ci", values)];
    expect(run([helm ?? "", "lint", "--strict", CHART, ...files])).toContain("0 chart(s) failed");
  });

  it("configures a controller that takes every variable, under the names that Argo's documentation uses", () => {
    const { name, image, config } = controllerOf(render());
    expect({ name, image }).toEqual({
      name: "workflow-controller",
      image: `ghcr.io/outrigger-dev/controller:${VERSION}`,
    });
    expect(config).toMatchObject({
      installNamespace: "argo",
      watchNamespace: undefined,
      engine: { pluginsEnabled: true, workflowLevelPluginsEnabled: false, agentPlugins: "used", instanceId: undefined },
    });
    expect(config.engine.agent).toMatchObject({ image: `ghcr.io/outrigger-dev/agent:${VERSION}`, cpuLimit: "1" });
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
    for (const plugin of ["hello", "slack", "http-poll"]) {
      const { data = {} } = parsed(configMapParser, rendered.get(`ConfigMap/argo/${plugin}-executor-plugin`));
      const [value] = parseAll(data[DATA_CONTAINER] ?? "");
      expect(parsed(pluginContainerParser, value)).toMatchObject({
        image: `registry.example:5000/mirror/plugin-${plugin}:1.2.3`,
      });
    }
  });

  it("with mode agent, is the shared agent alone, with the plugins beside it and elsewhere", () => {
    const rendered = render("--values", join(CHART, "ci/agent-values.yaml"));
    const kinds = [...rendered.keys()].filter((key) => !/^(NetworkPolicy|Service|ServiceMonitor)\//.test(key));
    expect(kinds.sort()).toEqual([
      SHARED_AGENT,
      "Role/argo/outrigger-shared-agent",
      "RoleBinding/argo/outrigger-shared-agent",
      "ServiceAccount/argo/outrigger-shared-agent",
    ]);
    const { image, args, env } = containerOf(rendered, SHARED_AGENT, "main");
    expect({ image, args }).toEqual({ image: `ghcr.io/outrigger-dev/agent:${VERSION}`, args: ["agent", "serve"] });
    const { plugins, limits, ...config } = resolveSharedConfig(env);
    expect(config).toMatchObject({ namespace: "argo", instanceId: "blue", taskSets: "all" });
    expect(limits.callsPerPlugin).toBe(4); // by extraEnv
    expect(plugins).toEqual([
      { name: "hello-executor-plugin", address: "http://localhost:14355", rules: {} },
      { name: "slack-executor-plugin", address: "http://localhost:14522", rules: {} },
      { name: "own-executor-plugin", address: "http://localhost:14600", rules: {} },
      { name: "far-executor-plugin", address: "http://far.plugins:8080", rules: {} },
    ]);
    const pod = at(rendered.get(SHARED_AGENT), "spec", "template", "spec");
    expect(at(pod, "initContainers")).toMatchObject([
      {
        args: ["agent", "init"],
        env: [
          {
            name: "ARGO_PLUGIN_NAMES",
            value: '["hello-executor-plugin","slack-executor-plugin","own-executor-plugin"]',
          },
        ],
      },
    ]);
    const token = { name: "token-far-executor-plugin", secret: { secretName: "far-token" } };
    expect(at(pod, "volumes")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "scratch" }),
        expect.objectContaining({ ...token, secret: expect.objectContaining(token.secret) }),
      ]),
    );
  });

  it("serves with nothing beside it, too: http templates of the whole cluster", () => {
    const rendered = render("--set", "mode=agent");
    expect(resolveSharedConfig(containerOf(rendered, SHARED_AGENT, "main").env)).toMatchObject({
      namespace: undefined,
      plugins: [],
    });
    expect(at(rendered.get(SHARED_AGENT), "spec", "template", "spec")).not.toHaveProperty("initContainers");
    expect(at(rendered.get("ClusterRole//outrigger-argo-shared-agent"), "rules")).toEqual(
      rbacRules(withoutSecrets(AGENT_PERMISSIONS)),
    );
  });

  it("has the shared agent beside the controller, for what that leaves to it", () => {
    const rendered = render("--values", join(CHART, "ci/shared-agent-values.yaml"));
    expect(controllerOf(rendered).config.engine.agentPods).toBe("stateful");
    const { taskSets, plugins } = resolveSharedConfig(containerOf(rendered, SHARED_AGENT, "main").env);
    expect({ taskSets, names: plugins.map(({ name }) => name) }).toEqual({
      taskSets: "shared",
      names: ["hello-executor-plugin"],
    });
    const { metadata } = parsed(configMapParser, rendered.get("ConfigMap/argo/hello-executor-plugin"));
    expect(metadata.annotations).toMatchObject({ "outrigger.dev/stateless": "true" });
  });

  it.each([
    [
      "a component that is there",
      "outrigger-controller",
      "--set=networkPolicy.enabled=true,metrics.serviceMonitor.enabled=true",
    ],
    ["the shared agent", "outrigger-shared-agent", `--values=${join(CHART, "ci/agent-values.yaml")}`],
  ])("selects the pods of %s, and of no other, for metrics and by its NetworkPolicy", (_what, name, values) => {
    const rendered = render(values);
    const [deployment] = [...rendered].filter(([key]) => key.startsWith("Deployment/")).map(([, value]) => value);
    const selector = at(deployment, "spec", "selector", "matchLabels");
    expect(at(deployment, "spec", "template", "metadata", "labels")).toMatchObject(selector as JsonObject);
    expect(at(rendered.get(`Service/argo/${name}-metrics`), "spec", "selector")).toEqual(selector);
    expect(at(rendered.get(`Service/argo/${name}-metrics`), "metadata", "labels")).toMatchObject(
      selector as JsonObject,
    );
    expect(at(rendered.get(`ServiceMonitor/argo/${name}`), "spec", "selector", "matchLabels")).toEqual(selector);
    expect(at(rendered.get(`NetworkPolicy/argo/${name}`), "spec", "podSelector", "matchLabels")).toEqual(selector);
  });

  it.each([
    ["agent.plugin=used", "'plugin' not allowed"],
    ["controller.replicas=two", "got string, want integer"],
    ["workflowNamespaces[0].name=Team_A", "does not match pattern"],
    ["agent.linger=soon", "does not match pattern"],
    ["mode=both", "value must be one of 'controller', 'agent'"],
    ["sharedAgent.enabled=true", "takes agent.pods=none or agent.pods=stateful"],
    ["sharedAgent.plugins[0].name=far", "missing properties"],
  ])("refuses the value %s", (value, message) => {
    const { status, stderr } = spawnSync(helm ?? "", ["template", "x", CHART, "--set", value], { encoding: "utf8" });
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });

  it.each(MANIFESTS)("is what $path holds", (manifest) => {
    const stored = readFileSync(join(dirname(CHART), "../..", manifest.path), "utf8");
    expect(parseAll(stored)).toEqual(parseAll(renderManifest(manifest, helm ?? "")));
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
    const isGroup = isJsonObject(value) && !path.endsWith(".resources") && Object.keys(value).length > 0;
    return isGroup ? leaves(value, `${path}.`) : [path];
  });
}
