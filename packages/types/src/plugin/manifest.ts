import type { JsonObject, JsonValue } from "../parse/json.ts";
import { boolean, integer, json, jsonObject, list, object, oneOf, record, refine, string } from "../parse/parsers.ts";
import type { Parser } from "../parse/parsers.ts";
import { ARGO_API_VERSION } from "../labels.ts";
import { callRulesParser } from "./call-rules.ts";

export interface ContainerPort {
  readonly containerPort: number;
  readonly name?: string;
  readonly protocol?: string;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: JsonObject;
}

/**
 * The container of a plugin: a Kubernetes container with at least one port, resources and a security context. Every field that
 * Kubernetes knows is listed, since an unknown one is an error; those we do not look into are plain JSON.
 */
export interface PluginContainer {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly ports: readonly ContainerPort[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly JsonObject[];
  readonly volumeMounts?: readonly JsonObject[];
  readonly volumeDevices?: JsonValue;
  readonly resources: { readonly requests: JsonObject; readonly limits: JsonObject; readonly claims?: JsonValue };
  readonly resizePolicy?: JsonValue;
  readonly restartPolicy?: string;
  readonly securityContext: JsonObject;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  readonly lifecycle?: JsonObject;
  readonly livenessProbe?: JsonObject;
  readonly readinessProbe?: JsonObject;
  readonly startupProbe?: JsonObject;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
}

export interface Sidecar {
  /** Mounts the token of the service account `<plugin>-executor-plugin`. Default false. */
  readonly automountServiceAccountToken?: boolean;
  readonly container: PluginContainer;
}

/** `spec.executorPlugins[]` of a Workflow. */
export interface ExecutorPluginEntry {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly sidecar: Sidecar };
}

export interface ExecutorPluginMetadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The file format `plugin.yaml`; never stored under this kind. */
export interface ExecutorPlugin {
  readonly apiVersion: typeof ARGO_API_VERSION;
  readonly kind: "ExecutorPlugin";
  readonly metadata: ExecutorPluginMetadata;
  readonly spec: { readonly sidecar: Sidecar };
}

const MAX_PORT = 65_535;

const portParser: Parser<ContainerPort> = object<ContainerPort>(
  {
    containerPort: refine(integer, (port) =>
      port > 0 && port <= MAX_PORT ? undefined : `must be from 1 to ${MAX_PORT}, not ${port}`,
    ),
    name: string,
    protocol: string,
  },
  { required: ["containerPort"] },
);

const envVarParser: Parser<EnvVar> = object<EnvVar>(
  { name: string, value: string, valueFrom: jsonObject },
  { required: ["name"], unknown: "error" },
);

export const pluginContainerParser: Parser<PluginContainer> = object<PluginContainer>(
  {
    name: string,
    image: string,
    command: list(string),
    args: list(string),
    workingDir: string,
    ports: refine(list(portParser), (ports) => (ports.length > 0 ? undefined : "must list at least one port")),
    env: list(envVarParser),
    envFrom: list(jsonObject),
    volumeMounts: list(jsonObject),
    volumeDevices: json,
    resources: object<PluginContainer["resources"]>(
      { requests: jsonObject, limits: jsonObject, claims: json },
      { required: ["requests", "limits"], unknown: "error" },
    ),
    resizePolicy: json,
    restartPolicy: string,
    securityContext: jsonObject,
    imagePullPolicy: oneOf("Always", "IfNotPresent", "Never"),
    lifecycle: jsonObject,
    livenessProbe: jsonObject,
    readinessProbe: jsonObject,
    startupProbe: jsonObject,
    terminationMessagePath: string,
    terminationMessagePolicy: string,
    stdin: boolean,
    stdinOnce: boolean,
    tty: boolean,
  },
  { required: ["name", "ports", "resources", "securityContext"], unknown: "error" },
);

export const sidecarParser: Parser<Sidecar> = object<Sidecar>(
  { automountServiceAccountToken: boolean, container: pluginContainerParser },
  { required: ["container"], unknown: "error" },
);

const specParser: Parser<{ readonly sidecar: Sidecar }> = object<{ readonly sidecar: Sidecar }>(
  { sidecar: sidecarParser },
  { required: ["sidecar"], unknown: "error" },
);

/** Of a plugin. Those that say how it may be called must make sense. */
const pluginAnnotations: Parser<Readonly<Record<string, string>>> = (value, path) => {
  const rules = callRulesParser(value, path);
  return rules.ok ? record(string)(value, path) : rules;
};

export const executorPluginEntryParser: Parser<ExecutorPluginEntry> = object<ExecutorPluginEntry>(
  {
    metadata: object<ExecutorPluginEntry["metadata"]>(
      { name: string, annotations: pluginAnnotations },
      { required: ["name"] },
    ),
    spec: specParser,
  },
  { required: ["metadata", "spec"] },
);

// The name becomes part of object names: a DNS label, short enough for `<name>-executor-plugin` to be one as well.
const MAX_NAME_LENGTH = 63 - "-executor-plugin".length;
const pluginName: Parser<string> = refine(string, (name) =>
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= MAX_NAME_LENGTH
    ? undefined
    : `must be lower-case letters, digits and dashes, at most ${MAX_NAME_LENGTH} characters, not "${name}"`,
);

export const executorPluginParser: Parser<ExecutorPlugin> = object<ExecutorPlugin>(
  {
    apiVersion: oneOf(ARGO_API_VERSION),
    kind: oneOf("ExecutorPlugin"),
    metadata: object<ExecutorPluginMetadata>(
      { name: pluginName, labels: record(string), annotations: pluginAnnotations },
      { required: ["name"], unknown: "error" },
    ),
    spec: specParser,
  },
  { required: ["apiVersion", "kind", "metadata", "spec"], unknown: "error" },
);
