// What the benchmark installs, in a namespace of its own: a controller that sees only that, and a plugin.
import { AGENT_PERMISSIONS } from "@outrigger/agent";
import { CONTROLLER_PERMISSIONS, WARM_POOL_PERMISSIONS } from "@outrigger/controller";
import { CONFIG_MAPS, DEPLOYMENTS, SERVICE_ACCOUNTS, toYaml } from "@outrigger/kube";
import { ARGO_API_VERSION, pluginConfigMap, pluginConfigMapName } from "@outrigger/types";
import type { ConfigMap, JsonObject, PluginContainer } from "@outrigger/types";
import { grant } from "../../tools/rbac-rules.ts";
import type { ToCreate } from "../../tools/rbac-rules.ts";
import { BENCH_PLUGIN } from "../workloads.ts";
import type { Agents } from "../workloads.ts";

export const CONTROLLER = "controller";
/** The account that Workflows run under, and so their agents. */
export const AGENT_ACCOUNT = "default";
const SHARED_AGENT = "agent";
/** Warm pods that wait. */
export const POOL_SIZE = 2;
const IMAGES = "ghcr.io/outrigger-dev";
const READY = { httpGet: { path: "/readyz", port: 9_090 }, periodSeconds: 1 };

export interface Installation {
  readonly namespace: string;
  readonly version: string;
  /** The bundle of the plugin. */
  readonly pluginSource: string;
  readonly agents: Agents;
}

export function manifests(installation: Installation): readonly ToCreate[] {
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: CONTROLLER } };
  return [
    { resource: SERVICE_ACCOUNTS, body: account },
    ...grant(installation.namespace, CONTROLLER, [...CONTROLLER_PERMISSIONS, ...WARM_POOL_PERMISSIONS]),
    ...grant(installation.namespace, AGENT_ACCOUNT, AGENT_PERMISSIONS),
    { resource: CONFIG_MAPS, body: plugin(installation) },
    { resource: DEPLOYMENTS, body: controller(installation) },
    ...(installation.agents === "shared" ? [{ resource: DEPLOYMENTS, body: sharedAgent(installation) }] : []),
  ];
}

const PLUGIN_CONTAINER = pluginConfigMapName(BENCH_PLUGIN);
const PLUGIN_PORT = 14_399;

function pluginContainer({ version, pluginSource }: Installation): PluginContainer {
  return {
    name: PLUGIN_CONTAINER,
    image: `${IMAGES}/plugin-hello:${version}`, // for its Node
    command: ["node", "--input-type=module", "-e"],
    args: [pluginSource],
    ports: [{ containerPort: PLUGIN_PORT }],
    env: [{ name: "OUTRIGGER_PORT", value: String(PLUGIN_PORT) }],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true },
  };
}

function plugin(installation: Installation): ConfigMap {
  const container = pluginContainer(installation);
  const metadata = { name: BENCH_PLUGIN };
  const spec = { sidecar: { container } };
  return pluginConfigMap({ apiVersion: ARGO_API_VERSION, kind: "ExecutorPlugin", metadata, spec }, toYaml(container));
}

function controller({ namespace, version, agents }: Installation): object {
  const pool = { namespace, serviceAccountName: AGENT_ACCOUNT, plugins: [BENCH_PLUGIN], size: POOL_SIZE };
  const env = {
    ARGO_EXECUTOR_PLUGINS: "true",
    OUTRIGGER_NAMESPACE: namespace,
    OUTRIGGER_WATCH_NAMESPACE: namespace,
    OUTRIGGER_AGENT_LINGER: "0s",
    OUTRIGGER_LOG_LEVEL: "warn",
    ...(agents === "shared" ? { OUTRIGGER_AGENT_PODS: "none" } : {}),
    ...(agents === "pool" ? { OUTRIGGER_WARM_POOLS: JSON.stringify([pool]) } : {}),
  };
  const container = {
    name: CONTROLLER,
    image: `${IMAGES}/controller:${version}`,
    env: variables(env),
    readinessProbe: READY,
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  };
  return deployment(CONTROLLER, { serviceAccountName: CONTROLLER, containers: [container] });
}

function sharedAgent(installation: Installation): object {
  const volume = { name: "var-run-argo", mountPath: "/var/run/argo" };
  const agent = {
    image: `${IMAGES}/agent:${installation.version}`,
    command: ["argoexec"],
    env: variables({
      OUTRIGGER_WATCH_NAMESPACE: installation.namespace,
      OUTRIGGER_LOG_LEVEL: "warn",
      ARGO_PLUGIN_NAMES: JSON.stringify([PLUGIN_CONTAINER]),
      ARGO_PLUGIN_ADDRESSES: JSON.stringify([`http://localhost:${PLUGIN_PORT}`]),
    }),
    resources: { requests: { cpu: "10m", memory: "64M" }, limits: { cpu: "1", memory: "256M" } },
    volumeMounts: [volume],
  };
  const ownToken = { ...volume, subPath: PLUGIN_CONTAINER, readOnly: true };
  return deployment(SHARED_AGENT, {
    serviceAccountName: AGENT_ACCOUNT,
    securityContext: { runAsNonRoot: true, runAsUser: 8_737 },
    volumes: [{ name: volume.name, emptyDir: {} }],
    initContainers: [{ ...agent, name: "init", args: ["agent", "init"] }],
    containers: [
      { ...agent, name: "main", args: ["agent", "serve"], readinessProbe: READY },
      { ...pluginContainer(installation), volumeMounts: [ownToken] },
    ],
  });
}

function variables(env: Readonly<Record<string, string>>): JsonObject[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

function deployment(name: string, podSpec: object): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
  };
}
