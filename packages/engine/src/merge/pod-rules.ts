import type { MergeRules } from "./strategic-merge.ts";

const BY_NAME = { key: "name" };

const CONTAINER: MergeRules = {
  lists: {
    env: BY_NAME,
    ports: { key: "containerPort" },
    volumeMounts: { key: "mountPath" },
    volumeDevices: { key: "devicePath" },
  },
};
const CONTAINERS = { key: "name", items: CONTAINER };

/** Lists of a pod's `spec` that merge item by item, as Kubernetes' types say. */
export const POD_RULES: MergeRules = {
  lists: {
    containers: CONTAINERS,
    initContainers: CONTAINERS,
    ephemeralContainers: CONTAINERS,
    volumes: BY_NAME,
    imagePullSecrets: BY_NAME,
    resourceClaims: BY_NAME,
    schedulingGates: BY_NAME,
    hostAliases: { key: "ip" },
    topologySpreadConstraints: { key: "topologyKey" },
  },
};
