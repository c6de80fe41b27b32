import { ENV_PLUGIN_ADDRESSES, ENV_PLUGIN_NAMES, ENV_PLUGIN_RULES } from "@outrigger/types";
import type { EnvVar, JsonObject } from "@outrigger/types";
import type { AgentPodConfig, InstalledPlugin } from "../world.ts";
import { defined } from "./pod-json.ts";
import type { VolumeMount } from "./pod-json.ts";
import { CONTAINER_SECURITY_CONTEXT } from "./security-context.ts";

export interface AgentContainerOptions {
  readonly config: AgentPodConfig;
  readonly plugins: readonly InstalledPlugin[];
  readonly mounts: readonly VolumeMount[];
  /** How it knows its Workflow. */
  readonly identity: readonly EnvVar[];
}

/** What `init` and `main` have in common. */
export function agentContainer({ config, plugins, mounts, identity }: AgentContainerOptions): JsonObject {
  return defined({
    image: config.image,
    imagePullPolicy: config.imagePullPolicy,
    command: config.command,
    env: [...identity, ...environment(plugins, config.env)],
    securityContext: CONTAINER_SECURITY_CONTEXT,
    resources: {
      requests: { cpu: "10m", memory: "64M" },
      limits: { cpu: config.cpuLimit, memory: config.memoryLimit },
    },
    volumeMounts: mounts,
  });
}

function environment(plugins: readonly InstalledPlugin[], more: Readonly<Record<string, string>>): readonly EnvVar[] {
  const containers = plugins.map(({ sidecar }) => sidecar.container);
  return Object.entries({
    [ENV_PLUGIN_ADDRESSES]: JSON.stringify(
      containers.map(({ ports }) => `http://localhost:${ports[0]?.containerPort ?? 0}`),
    ),
    [ENV_PLUGIN_NAMES]: JSON.stringify(containers.map(({ name }) => name)),
    ...callRules(plugins),
    ...more,
  }).map(([name, value]) => ({ name, value }));
}

function callRules(plugins: readonly InstalledPlugin[]): Record<string, string> {
  const rules = plugins.flatMap(({ sidecar, callRules: own = {} }) =>
    Object.keys(own).length === 0 ? [] : [[sidecar.container.name, own] as const],
  );
  return rules.length === 0 ? {} : { [ENV_PLUGIN_RULES]: JSON.stringify(Object.fromEntries(rules)) };
}
