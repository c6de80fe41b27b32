import type { JsonObject } from "@outrigger/types";
import { listAt, objectAt, textAt } from "../json/at.ts";

/** Fills in what was not given; what is there wins. */
type FillIn = (value: JsonObject) => JsonObject;

function defaults(values: JsonObject): FillIn {
  return (value) => ({ ...values, ...value });
}

const FILE_MODE = { defaultMode: 0o644 };

/** `Always` for an image that has no tag or the tag latest. */
function pullPolicy(image: string): string {
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]*)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

const container: FillIn = (value) => ({
  imagePullPolicy: pullPolicy(textAt(value, "image")),
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  ...value,
});

// Who limits a resource without asking for some asks for as much as the limit.
function requestLimits(value: JsonObject): JsonObject {
  const limits = objectAt(value, "resources", "limits");
  if (Object.keys(limits).length === 0) return value;
  const resources = objectAt(value, "resources");
  return { ...value, resources: { ...resources, requests: { ...limits, ...objectAt(resources, "requests") } } };
}

const pod: FillIn = (value) => {
  const spec = objectAt(value, "spec");
  const containers = listAt(spec, "containers").map((each) => requestLimits(objectAt(each)));
  const initContainers = listAt(spec, "initContainers").map((each) => requestLimits(objectAt(each)));
  return {
    ...value,
    spec: {
      enableServiceLinks: true,
      ...spec,
      containers: "containers" in spec && spec["containers"] === null ? null : containers,
      ...(initContainers.length === 0 ? {} : { initContainers }),
    },
  };
};

const servicePort: FillIn = (value) => ({
  protocol: "TCP",
  targetPort: value["port"] ?? 0,
  ...nonZero(value, "targetPort"),
});

function nonZero(value: JsonObject, field: string): JsonObject {
  if (value[field] !== 0) return value;
  const { [field]: _zero, ...rest } = value;
  return rest;
}

/** What Kubernetes fills in, by type. Kinds that only are stored (LIMITS.md) have none. */
export const STRUCT_DEFAULTS: Readonly<Record<string, FillIn>> = {
  Container: container,
  ContainerPort: defaults({ protocol: "TCP" }),
  ConfigMapVolumeSource: defaults(FILE_MODE),
  SecretVolumeSource: defaults(FILE_MODE),
  DownwardAPIVolumeSource: defaults(FILE_MODE),
  ProjectedVolumeSource: defaults(FILE_MODE),
  GRPCAction: defaults({ service: "" }),
  HTTPGetAction: defaults({ path: "/", scheme: "HTTP" }),
  HostPathVolumeSource: defaults({ type: "" }),
  ObjectFieldSelector: defaults({ apiVersion: "v1" }),
  Pod: pod,
  PodSpec: defaults({
    dnsPolicy: "ClusterFirst",
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  }),
  Probe: defaults({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  Secret: defaults({ type: "Opaque" }),
  ServiceAccountTokenProjection: defaults({ expirationSeconds: 3600 }),
  ServicePort: servicePort,
  ServiceSpec: defaults({ sessionAffinity: "None", type: "ClusterIP", internalTrafficPolicy: "Cluster" }),
  Volume: (value) => (Object.keys(value).length === 1 ? { ...value, emptyDir: {} } : value),
};
