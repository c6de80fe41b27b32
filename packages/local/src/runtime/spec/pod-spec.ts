import { boolean, failure, integer, intOrString, list, map, object, oneOf, record, string } from "@outrigger/types";
import type { Parser } from "@outrigger/types";
import { fieldSelectorParser, keySelectorParser, resourceSelectorParser, volumeParser } from "./volume-spec.ts";
import type { FieldSelector, KeySelector, ResourceSelector, Volume } from "./volume-spec.ts";

const RESTART_POLICIES = ["Always", "OnFailure", "Never"] as const;
export type RestartPolicy = (typeof RESTART_POLICIES)[number];

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: KeySelector;
    readonly configMapKeyRef?: KeySelector;
    readonly fieldRef?: FieldSelector;
    readonly resourceFieldRef?: ResourceSelector;
  };
}

export interface EnvSource {
  readonly prefix?: string;
  readonly secretRef?: { readonly name: string; readonly optional?: boolean };
  readonly configMapRef?: { readonly name: string; readonly optional?: boolean };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
}

/** Amounts by resource name, as text: `cpu: 500m`. */
export type Amounts = Readonly<Record<string, string>>;

interface ContainerResources {
  readonly limits?: Amounts;
  readonly requests?: Amounts;
}

/** What of a container matters to a child process. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir?: string;
  /** TCP ports that the container says it listens on. */
  readonly ports: readonly number[];
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly EnvSource[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly resources: ContainerResources;
}

/** What of a pod's spec matters here, with Kubernetes' defaults filled in. */
export interface PodSpec {
  readonly nodeName?: string;
  readonly serviceAccountName: string;
  readonly restartPolicy: RestartPolicy;
  readonly terminationGracePeriodSeconds: number;
  readonly activeDeadlineSeconds?: number;
  readonly initContainers: readonly ContainerSpec[];
  readonly containers: readonly ContainerSpec[];
  readonly volumes: readonly Volume[];
}

const envVarParser: Parser<EnvVar> = object<EnvVar>(
  {
    name: string,
    value: string,
    valueFrom: object<NonNullable<EnvVar["valueFrom"]>>({
      secretKeyRef: keySelectorParser,
      configMapKeyRef: keySelectorParser,
      fieldRef: fieldSelectorParser,
      resourceFieldRef: resourceSelectorParser,
    }),
  },
  { required: ["name"] },
);

const objectReference = object<{ readonly name: string; readonly optional?: boolean }>(
  { name: string, optional: boolean },
  { required: ["name"] },
);

const envSourceParser: Parser<EnvSource> = object<EnvSource>({
  prefix: string,
  secretRef: objectReference,
  configMapRef: objectReference,
});

const volumeMountParser: Parser<VolumeMount> = object<VolumeMount>(
  { name: string, mountPath: string, subPath: string, subPathExpr: string, readOnly: boolean },
  { required: ["name", "mountPath"] },
);

interface WirePort {
  readonly containerPort: number;
  readonly protocol?: string;
}

interface WireContainer extends Partial<Omit<ContainerSpec, "ports" | "name">> {
  readonly name: string;
  readonly ports?: readonly WirePort[];
  readonly restartPolicy?: string;
}

const wireContainerParser: Parser<WireContainer> = object<WireContainer>(
  {
    name: string,
    image: string,
    command: list(string),
    args: list(string),
    workingDir: string,
    ports: list(object<WirePort>({ containerPort: integer, protocol: string }, { required: ["containerPort"] })),
    env: list(envVarParser),
    envFrom: list(envSourceParser),
    volumeMounts: list(volumeMountParser),
    resources: object<ContainerResources>({ limits: record(intOrString), requests: record(intOrString) }),
    restartPolicy: string,
  },
  { required: ["name"] },
);

const NOTHING_GIVEN = {
  image: "",
  command: [],
  args: [],
  env: [],
  envFrom: [],
  volumeMounts: [],
  resources: {},
} as const;

const containerParser: Parser<ContainerSpec> = map(wireContainerParser, ({ workingDir, ports = [], ...given }) => ({
  ...NOTHING_GIVEN,
  ...given,
  ...(workingDir === undefined || workingDir === "" ? {} : { workingDir }),
  ports: ports.filter(({ protocol = "TCP" }) => protocol === "TCP").map((port) => port.containerPort),
}));

// One that is restarted always would keep the others waiting for ever.
const initContainerParser: Parser<ContainerSpec> = (value, path) => {
  const wire = wireContainerParser(value, path);
  return wire.ok && wire.value.restartPolicy === "Always"
    ? failure(
        `${path}.restartPolicy`,
        "must not be Always: init containers that go on as sidecars are not available locally",
      )
    : containerParser(value, path);
};

type WirePodSpec = Partial<PodSpec> & Pick<PodSpec, "containers">;

const wirePodSpecParser: Parser<WirePodSpec> = object<WirePodSpec>(
  {
    nodeName: string,
    serviceAccountName: string,
    restartPolicy: oneOf(...RESTART_POLICIES),
    terminationGracePeriodSeconds: integer,
    activeDeadlineSeconds: integer,
    initContainers: list(initContainerParser),
    containers: list(containerParser),
    volumes: list(volumeParser),
  },
  { required: ["containers"] },
);

const DEFAULT_GRACE_SECONDS = 30;

export const podSpecParser: Parser<PodSpec> = map(wirePodSpecParser, (wire) => ({
  ...(wire.nodeName === undefined || wire.nodeName === "" ? {} : { nodeName: wire.nodeName }),
  serviceAccountName: wire.serviceAccountName ?? "default",
  restartPolicy: wire.restartPolicy ?? "Always",
  terminationGracePeriodSeconds: wire.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS,
  ...(wire.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: wire.activeDeadlineSeconds }),
  initContainers: wire.initContainers ?? [],
  containers: wire.containers,
  volumes: wire.volumes ?? [],
}));

export function allContainers(spec: PodSpec): readonly ContainerSpec[] {
  return [...spec.initContainers, ...spec.containers];
}
