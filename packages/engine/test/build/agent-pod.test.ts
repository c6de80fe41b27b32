import { operate, secretsOfInterest, unownedKeys } from "@outrigger/engine";
import type { World } from "@outrigger/engine";
import { workflowParser } from "@outrigger/types";
import type { JsonObject, KubeObject, Workflow } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { installedPlugin } from "../scenario/commands/plugins.ts";
import { CONFIG, START_MS } from "../simulation/cluster.ts";

const WORLD: World = {
  nowMs: START_MS,
  taskSet: undefined,
  agentPod: undefined,
  plugins: [installedPlugin("hello", 4355), installedPlugin("slack", 7522, true), installedPlugin("unused", 1)],
  secrets: new Set(),
  issuedTokens: [],
  config: CONFIG,
};

function workflow(spec: JsonObject, metadata: JsonObject = {}): Workflow {
  const parsed = workflowParser(
    {
      metadata: { name: "greet", namespace: "default", uid: "u-1", ...metadata },
      spec: {
        entrypoint: "main",
        templates: [
          {
            name: "main",
            steps: [
              [
                { name: "a", inline: { plugin: { hello: {} } } },
                { name: "b", template: "post" },
              ],
            ],
          },
          { name: "post", plugin: { "Slack-plugin": { text: "hi" } } },
        ],
        ...spec,
      },
    },
    "",
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

function podOf(subject: Workflow, world: World = WORLD): KubeObject {
  const pod = operate(subject, world).find((change) => change.kind === "createAgentPod")?.pod;
  if (pod === undefined) throw new Error("no pod is made");
  return pod;
}

it("tells the agent how plugins are called, where that is not as for all", () => {
  const callRules = { atMostOnce: true, callTimeoutMs: 120_000 };
  const plugins = WORLD.plugins.map((plugin) => (plugin.name === "slack" ? { ...plugin, callRules } : plugin));
  const pod = podOf(workflow({}), { ...WORLD, plugins });
  const containers = (pod["spec"] as JsonObject)["containers"] as readonly JsonObject[];
  expect(containers.at(-1)?.["env"]).toContainEqual({
    name: "OUTRIGGER_PLUGIN_RULES",
    value: '{"slack-executor-plugin":{"atMostOnce":true,"callTimeoutMs":120000}}',
  });
});

const AGENT = {
  image: "outrigger-agent:test",
  command: ["argoexec"],
  env: [
    { name: "ARGO_WORKFLOW_NAME", value: "greet" },
    { name: "ARGO_WORKFLOW_UID", value: "u-1" },
    { name: "ARGO_PLUGIN_ADDRESSES", value: '["http://localhost:4355","http://localhost:7522"]' },
    { name: "ARGO_PLUGIN_NAMES", value: '["hello-executor-plugin","slack-executor-plugin"]' },
  ],
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 8737,
    seccompProfile: { type: "RuntimeDefault" },
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
  resources: { requests: { cpu: "10m", memory: "64M" }, limits: { cpu: "100m", memory: "256M" } },
  volumeMounts: [
    { name: "var-run-argo", mountPath: "/var/run/argo" },
    {
      name: expect.stringMatching(/^kube-api-access-\w{5}$/) as string,
      mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
      readOnly: true,
    },
  ],
};

describe("the agent pod", () => {
  it("has the shape that Argo gives it, with only the plugins that the Workflow uses", () => {
    const pod = podOf(workflow({ serviceAccountName: "builder" }));
    expect(pod).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: expect.stringMatching(/^greet-\d+-agent$/) as string,
        namespace: "default",
        labels: {
          "workflows.argoproj.io/workflow": "greet",
          "workflows.argoproj.io/completed": "false",
          "workflows.argoproj.io/component": "agent",
        },
        annotations: { "kubectl.kubernetes.io/default-container": "main" },
        ownerReferences: [
          {
            apiVersion: "argoproj.io/v1alpha1",
            kind: "Workflow",
            name: "greet",
            uid: "u-1",
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        restartPolicy: "OnFailure",
        serviceAccountName: "builder",
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 8737, seccompProfile: { type: "RuntimeDefault" } },
        volumes: [
          { name: expect.any(String) as string, projected: expect.anything() as object },
          { name: "var-run-argo", emptyDir: {} },
          { name: expect.any(String) as string, projected: expect.anything() as object },
        ],
        initContainers: [{ name: "init", ...AGENT, args: ["agent", "init"] }],
        containers: [
          expect.objectContaining({
            name: "hello-executor-plugin",
            volumeMounts: [
              { name: "var-run-argo", mountPath: "/var/run/argo", readOnly: true, subPath: "hello-executor-plugin" },
            ],
          }),
          expect.objectContaining({
            name: "slack-executor-plugin",
            volumeMounts: [
              { name: "var-run-argo", mountPath: "/var/run/argo", readOnly: true, subPath: "slack-executor-plugin" },
              {
                name: expect.any(String) as string,
                mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
                readOnly: true,
              },
            ],
          }),
          { name: "main", ...AGENT, args: ["agent", "main"] },
        ],
      },
    });
  });

  it("is the same each time", () => {
    expect(podOf(workflow({}))).toEqual(podOf(workflow({})));
  });

  it("goes where the Workflow says, with its tags replaced", () => {
    const pod = podOf(
      workflow({
        arguments: { parameters: [{ name: "zone", value: "b" }] },
        imagePullSecrets: [{ name: "registry" }],
        nodeSelector: { zone: "{{workflow.parameters.zone}}" },
        affinity: { nodeAffinity: {} },
        tolerations: [{ key: "dedicated", operator: "Exists" }],
        schedulerName: "late",
        podPriorityClassName: "high",
        hostAliases: [{ ip: "127.0.0.1", hostnames: ["here"] }],
        dnsPolicy: "None",
        dnsConfig: { nameservers: ["1.1.1.1"] },
        securityContext: { runAsUser: 1 },
        podMetadata: {
          labels: { team: "{{workflow.name}}", "workflows.argoproj.io/component": "not an agent" },
          annotations: { note: "hi" },
        },
      }),
    );
    expect(pod["spec"]).toMatchObject({
      imagePullSecrets: [{ name: "registry" }],
      nodeSelector: { zone: "b" },
      affinity: { nodeAffinity: {} },
      tolerations: [{ key: "dedicated", operator: "Exists" }],
      schedulerName: "late",
      priorityClassName: "high",
      hostAliases: [{ ip: "127.0.0.1", hostnames: ["here"] }],
      dnsPolicy: "None",
      dnsConfig: { nameservers: ["1.1.1.1"] },
      securityContext: { runAsUser: 1 },
    });
    expect(pod.metadata.labels).toMatchObject({ team: "greet", "workflows.argoproj.io/component": "agent" });
    expect(pod.metadata.annotations).toMatchObject({ note: "hi", "kubectl.kubernetes.io/default-container": "main" });
  });

  it("carries the instance id, the agent's environment and pull policy of the controller", () => {
    const agent = { ...CONFIG.agent, imagePullPolicy: "Always", env: { ARGO_AGENT_TASK_WORKERS: "4" } };
    const pod = podOf(workflow({}), { ...WORLD, config: { ...CONFIG, instanceId: "blue", agent } });
    expect(pod.metadata.labels).toMatchObject({ "workflows.argoproj.io/controller-instanceid": "blue" });
    const containers = (pod["spec"] as JsonObject)["containers"] as readonly JsonObject[];
    expect(containers.at(-1)).toMatchObject({ imagePullPolicy: "Always" });
    expect(containers.at(-1)?.["env"]).toContainEqual({ name: "ARGO_AGENT_TASK_WORKERS", value: "4" });
  });

  it("carries all plugins if the controller says so", () => {
    const pod = podOf(workflow({}), { ...WORLD, config: { ...CONFIG, agentPlugins: "all" } });
    const containers = (pod["spec"] as JsonObject)["containers"] as readonly JsonObject[];
    expect(containers.map((container) => container["name"])).toEqual([
      "hello-executor-plugin",
      "slack-executor-plugin",
      "unused-executor-plugin",
      "main",
    ]);
  });
});

describe("the contract of the agent pod", () => {
  const CA = "argo-workflows-agent-ca-certificates";
  const named = (items: unknown): readonly unknown[] => (items as readonly JsonObject[]).map(({ name }) => name);
  const specOf = (subject: Workflow, world: World = WORLD): JsonObject => podOf(subject, world)["spec"] as JsonObject;

  it("its name is the node id of `agent`, with -agent behind it", () => {
    expect(podOf(workflow({})).metadata.name).toBe("greet-1340600742-agent");
    expect(podOf(workflow({}, { name: "agent" })).metadata.name).toBe("agent-agent");
  });

  it("volumes: those of plugins' tokens, var-run-argo, main's token, certificates; containers: plugins, main", () => {
    const plugins = [installedPlugin("hello", 4355, true), installedPlugin("slack", 7522, true)];
    const { volumes, containers, initContainers } = specOf(workflow({}), { ...WORLD, plugins, secrets: new Set([CA]) });
    const token = expect.stringMatching(/^kube-api-access-\w{5}$/) as string;
    expect(named(volumes)).toEqual([token, token, "var-run-argo", token, CA]);
    expect(new Set(named(volumes)).size).toBe(5);
    expect(named(initContainers)).toEqual(["init"]);
    expect(named(containers)).toEqual(["hello-executor-plugin", "slack-executor-plugin", "main"]);
  });

  it("certificates are mounted in the agent's own containers, read-only, where there are any", () => {
    const { containers, volumes } = specOf(workflow({}), { ...WORLD, secrets: new Set([CA]) });
    const [hello, , main] = containers as unknown as { readonly volumeMounts: readonly JsonObject[] }[];
    expect(main?.volumeMounts.at(-1)).toEqual({
      name: CA,
      mountPath: "/etc/ssl/certs/ca-certificates/",
      readOnly: true,
    });
    expect(named(hello?.volumeMounts)).not.toContain(CA);
    expect(volumes).toContainEqual({ name: CA, secret: { secretName: CA } });
  });

  it("a Secret with a token that somebody made by hand is used", () => {
    const secrets = new Set(["slack-executor-plugin.service-account-token"]);
    const [first] = specOf(workflow({}), { ...WORLD, secrets })["volumes"] as unknown as JsonObject[];
    expect(JSON.stringify(first)).toContain('"secret":{"name":"slack-executor-plugin.service-account-token"');
  });

  it("plugins of the Workflow itself replace those that are installed", () => {
    const own = installedPlugin("hello", 4000);
    const executorPlugins = [{ metadata: { name: "mine" }, spec: { sidecar: own.sidecar as unknown as JsonObject } }];
    const templates = [{ name: "main", plugin: { mine: {} } }];
    const { containers } = specOf(workflow({ executorPlugins, templates }));
    expect(named(containers)).toEqual(["hello-executor-plugin", "main"]);
  });

  it("is not made again for a Workflow that is being deleted", () => {
    const deleted = workflow({}, { deletionTimestamp: "2026-11-23T09:00:00Z" });
    expect(operate(deleted, WORLD)).toEqual([]);
  });
});

describe("what the controller has to look up", () => {
  it("are the Secrets that matter to the Workflow", () => {
    expect(secretsOfInterest(workflow({}), WORLD.plugins, CONFIG)).toEqual([
      "argo-workflows-agent-ca-certificates",
      "slack-executor-plugin.service-account-token",
      expect.stringMatching(/^greet-\d+-agent-slack-token$/) as string,
    ]);
  });

  it("are the keys that no plugin owns", () => {
    expect(unownedKeys(workflow({}), WORLD.plugins)).toEqual([]);
    expect(unownedKeys(workflow({}), [installedPlugin("hello", 1)])).toEqual(["Slack-plugin"]);
  });
});

describe("spec.podSpecPatch", () => {
  const patched = (podSpecPatch: string): JsonObject => podOf(workflow({ podSpecPatch }))["spec"] as JsonObject;
  const containersOf = (spec: JsonObject): readonly JsonObject[] => spec["containers"] as unknown as JsonObject[];

  it("is merged into the pod: containers, variables and volumes by name, maps field by field, null takes away", () => {
    const before = podOf(workflow({}))["spec"] as JsonObject;
    const spec = patched(`
terminationGracePeriodSeconds: 5
nodeSelector: {disk: "{{workflow.name}}"}
restartPolicy: null
tolerations: [{key: a, operator: Exists}]
volumes: [{name: var-run-argo, emptyDir: {medium: Memory}}, {name: more, emptyDir: {}}]
containers:
- name: main
  env: [{name: ARGO_WORKFLOW_UID, value: other}, {name: MORE, value: "1"}]
  resources: {limits: {memory: 1Gi}}
- {name: beside, image: alpine}
- {name: slack-executor-plugin, $patch: delete}
`);
    expect(spec).toMatchObject({
      terminationGracePeriodSeconds: 5,
      nodeSelector: { disk: "greet" },
      tolerations: [{ key: "a", operator: "Exists" }],
    });
    expect(spec).not.toHaveProperty("restartPolicy");
    expect(spec["volumes"]).toEqual([
      ...(before["volumes"] as unknown as JsonObject[]).map((volume) =>
        volume["name"] === "var-run-argo" ? { name: "var-run-argo", emptyDir: { medium: "Memory" } } : volume,
      ),
      { name: "more", emptyDir: {} },
    ]);
    expect(containersOf(spec).map((container) => container["name"])).toEqual([
      "hello-executor-plugin",
      "main",
      "beside",
    ]);
    const [, main] = containersOf(spec);
    expect(main?.["env"]).toEqual([
      { name: "ARGO_WORKFLOW_NAME", value: "greet" },
      { name: "ARGO_WORKFLOW_UID", value: "other" },
      ...AGENT.env.slice(2),
      { name: "MORE", value: "1" },
    ]);
    expect(main?.["resources"]).toMatchObject({ limits: { cpu: "100m", memory: "1Gi" } });
  });

  it.each([
    ["a list", "[1]", "spec.podSpecPatch must be an object, as YAML or JSON"],
    ["broken", "{a: [", "spec.podSpecPatch is neither YAML nor JSON: "],
    ["a container without a name", "containers: [{image: x}]", "spec.podSpecPatch: containers[0].name is required"],
    ["no list", "volumes: {a: 1}", 'spec.podSpecPatch: volumes must be a list, not {"a":1}'],
    ["an unknown directive", "securityContext: {$patch: burn}", "spec.podSpecPatch: securityContext.$patch must be"],
    ["an unknown tag", "nodeSelector: {a: '{{workflow.parameters.b}}'}", "{{workflow.parameters.b}}"],
  ])("that is %s refuses the Workflow", (_what, podSpecPatch, message) => {
    const save = operate(workflow({ podSpecPatch }), WORLD).find((change) => change.kind === "saveWorkflow");
    expect(save?.status).toMatchObject({ phase: "Failed", message: expect.stringContaining(message) as string });
  });
});
