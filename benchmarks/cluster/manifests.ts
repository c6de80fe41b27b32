// What the benchmark installs, in a namespace of its own: a controller that sees only that, and a plugin.
import { AGENT_PERMISSIONS } from "@outrigger/agent";
import { CONTROLLER_PERMISSIONS } from "@outrigger/controller";
import { CONFIG_MAPS, SERVICE_ACCOUNTS, toYaml } from "@outrigger/kube";
import type { Permission, Resource } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { BENCH_PLUGIN } from "../workloads.ts";

const RBAC_GROUP = { group: "rbac.authorization.k8s.io", version: "v1", namespaced: true } as const;
const ROLES: Resource = { ...RBAC_GROUP, plural: "roles", kind: "Role" };
const ROLE_BINDINGS: Resource = { ...RBAC_GROUP, plural: "rolebindings", kind: "RoleBinding" };
export const DEPLOYMENTS: Resource = {
  group: "apps",
  version: "v1",
  plural: "deployments",
  kind: "Deployment",
  namespaced: true,
};

export const CONTROLLER = "controller";
/** The account that Workflows run under, and so their agents. */
export const AGENT_ACCOUNT = "default";
const IMAGES = "ghcr.io/outrigger-dev";

export interface Installation {
  readonly namespace: string;
  readonly version: string;
  /** The bundle of the plugin. */
  readonly pluginSource: string;
  readonly controllerEnv: Readonly<Record<string, string>>;
}

export interface ToCreate {
  readonly resource: Resource;
  readonly body: JsonObject;
}

export function manifests(installation: Installation): readonly ToCreate[] {
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: CONTROLLER } };
  return [
    { resource: SERVICE_ACCOUNTS, body: account },
    ...access(installation.namespace, CONTROLLER, CONTROLLER_PERMISSIONS),
    ...access(installation.namespace, AGENT_ACCOUNT, AGENT_PERMISSIONS),
    { resource: CONFIG_MAPS, body: plugin(installation) },
    { resource: DEPLOYMENTS, body: controller(installation) },
  ];
}

function access(namespace: string, account: string, permissions: readonly Permission[]): readonly ToCreate[] {
  const rules = permissions.map(({ resource, subresource, verbs }) => ({
    apiGroups: [resource.group],
    resources: [subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`],
    verbs: [...verbs],
  }));
  const apiVersion = `${RBAC_GROUP.group}/v1`;
  const metadata = { name: `outrigger-${account}` };
  const roleRef = { apiGroup: RBAC_GROUP.group, kind: "Role", name: metadata.name };
  const subjects = [{ kind: "ServiceAccount", name: account, namespace }];
  return [
    { resource: ROLES, body: { apiVersion, kind: "Role", metadata, rules } },
    { resource: ROLE_BINDINGS, body: { apiVersion, kind: "RoleBinding", metadata, roleRef, subjects } },
  ];
}

function plugin({ version, pluginSource }: Installation): JsonObject {
  const name = `${BENCH_PLUGIN}-executor-plugin`;
  const container = {
    name,
    image: `${IMAGES}/plugin-hello:${version}`, // for its Node
    command: ["node", "--input-type=module", "-e"],
    args: [pluginSource],
    ports: [{ containerPort: 14_399 }],
    env: [{ name: "OUTRIGGER_PORT", value: "14399" }],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, readOnlyRootFilesystem: true },
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, labels: { "workflows.argoproj.io/configmap-type": "ExecutorPlugin" } },
    data: { "sidecar.container": toYaml(container) },
  };
}

function controller({ namespace, version, controllerEnv }: Installation): JsonObject {
  const labels = { app: CONTROLLER };
  const env = {
    ARGO_EXECUTOR_PLUGINS: "true",
    OUTRIGGER_NAMESPACE: namespace,
    OUTRIGGER_WATCH_NAMESPACE: namespace,
    OUTRIGGER_AGENT_LINGER: "0s",
    OUTRIGGER_LOG_LEVEL: "warn",
    ...controllerEnv,
  };
  const container = {
    name: CONTROLLER,
    image: `${IMAGES}/controller:${version}`,
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    readinessProbe: { httpGet: { path: "/readyz", port: 9_090 }, periodSeconds: 1 },
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: CONTROLLER },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: CONTROLLER, containers: [container] } },
    },
  };
}
