// A container's environment, command and arguments, as a kubelet computes them. Pure.
import { ENV_PORT, failure, ok } from "@outrigger/types";
import type { Result } from "@outrigger/types";
import { podField, resourceField } from "./pod-fields.ts";
import type { PodFacts } from "./pod-fields.ts";
import type { ReferencedKind } from "./pod-api.ts";
import type { ObjectLookup } from "./referenced-objects.ts";
import type { ContainerSpec, EnvSource, EnvVar } from "./spec/pod-spec.ts";

export type Environment = Readonly<Record<string, string>>;

export interface EnvironmentContext {
  readonly facts: PodFacts;
  readonly lookup: ObjectLookup;
  /** Set before the container's own variables, which win and may refer to them. */
  readonly base: Environment;
}

const REFERENCE = /\$(?:\$|\(([^)]*)\))/g;

/** Replaces `$(NAME)` by its value. `$$` is a plain `$`, so `$$(NAME)` stays as `$(NAME)`; unknown names stay as they are. */
export function expand(text: string, values: Environment): string {
  return text.replace(REFERENCE, (match: string, name: string | undefined) => {
    if (name === undefined) return "$";
    return Object.hasOwn(values, name) ? (values[name] ?? "") : match;
  });
}

/** The container's whole environment; the error is what a kubelet says next to CreateContainerConfigError. */
export function resolveEnvironment(container: ContainerSpec, context: EnvironmentContext): Result<Environment> {
  const values: Record<string, string> = { ...context.base };
  for (const source of container.envFrom) {
    const taken = fromObject(source, context);
    if (!taken.ok) return taken;
    Object.assign(values, taken.value);
  }
  for (const variable of container.env) {
    const value = valueOf(variable, values, { ...context, container: container.name });
    if (!value.ok) return value;
    if (value.value !== undefined) values[variable.name] = value.value;
  }
  return ok(values);
}

function fromObject(source: EnvSource, { lookup }: EnvironmentContext): Result<Environment> {
  const values: Record<string, string> = {};
  for (const [kind, reference] of [
    ["ConfigMap", source.configMapRef],
    ["Secret", source.secretRef],
  ] as const) {
    if (reference === undefined) continue;
    const data = lookup(kind, reference.name);
    if (data === undefined && reference.optional !== true) return missingObject(kind, reference.name);
    for (const [key, value] of data ?? []) values[`${source.prefix ?? ""}${key}`] = value.toString();
  }
  return ok(values);
}

interface VariableContext extends EnvironmentContext {
  readonly container: string;
}

// Undefined: an optional reference to nothing, so the variable is not set.
function valueOf(variable: EnvVar, values: Environment, context: VariableContext): Result<string | undefined> {
  const { value = "", valueFrom } = variable;
  if (value !== "" || valueFrom === undefined) return ok(expand(value, values));
  const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (fieldRef !== undefined) return podField(context.facts, fieldRef.fieldPath);
  if (resourceFieldRef !== undefined) return resourceField(context.facts, context.container, resourceFieldRef);
  if (secretKeyRef !== undefined) return fromKey("Secret", secretKeyRef, context);
  return configMapKeyRef === undefined ? ok("") : fromKey("ConfigMap", configMapKeyRef, context);
}

function fromKey(
  kind: ReferencedKind,
  { name, key, optional }: { readonly name: string; readonly key: string; readonly optional?: boolean },
  { facts, lookup }: EnvironmentContext,
): Result<string | undefined> {
  const data = lookup(kind, name);
  const value = data?.get(key)?.toString();
  if (value !== undefined || optional === true) return ok(value);
  if (data === undefined) return missingObject(kind, name);
  return failure("", `couldn't find key ${key} in ${kind} ${facts.metadata.namespace ?? ""}/${name}`);
}

export function missingObject(kind: ReferencedKind, name: string): Result<never> {
  return failure("", `${kind.toLowerCase()} "${name}" not found`);
}

/**
 * The port that a container lets us choose: it says so by naming one of its ports in OUTRIGGER_PORT. Undefined if it does not.
 */
export function movablePort(container: ContainerSpec): number | undefined {
  const named = container.env.find((variable) => variable.name === ENV_PORT)?.value;
  return container.ports.find((port) => String(port) === named);
}

/** The container told to listen on another port than the one it names. */
export function withPort(container: ContainerSpec, port: number): ContainerSpec {
  const env = container.env.map((variable) =>
    variable.name === ENV_PORT ? { name: ENV_PORT, value: String(port) } : variable,
  );
  return { ...container, env };
}

/** What of the host's environment a container sees: enough to find programs, their settings and the user's language; no secrets. */
const FROM_HOST = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ"] as const;

/** For a host that has no PATH: what images have. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function hostEnvironment(host: Readonly<Record<string, string | undefined>>): Environment {
  const found = FROM_HOST.flatMap((name) => {
    const value = host[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: DEFAULT_PATH, ...Object.fromEntries(found) };
}
