import type { DeleteOptions, ListOptions, LogOptions, WatchOptions, WriteOptions } from "./client.ts";
import { apiVersionOf } from "./resources.ts";
import type { Resource } from "./resources.ts";

export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string;
  readonly subresource?: string | undefined;
}

/** The path of a collection or object: `/apis/argoproj.io/v1alpha1/namespaces/argo/workflows/hello`. */
export function resourcePath(resource: Resource, { namespace, name, subresource }: Place): string {
  const root = resource.group === "" ? "/api" : "/apis";
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const object = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  // A subresource may have several segments: `proxy/metrics`.
  const below = subresource === undefined ? "" : `/${subresource}`;
  return `${root}/${apiVersionOf(resource)}${scope}/${resource.plural}${object}${below}`;
}

type QueryValue = string | number | boolean | undefined;

function query(parameters: Readonly<Record<string, QueryValue>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") given.set(name, String(value));
  }
  return given.size === 0 ? "" : `?${given.toString()}`;
}

export function listQuery(options: ListOptions): string {
  const { labelSelector, fieldSelector, resourceVersion, limit, continueToken } = options;
  return query({ labelSelector, fieldSelector, resourceVersion, limit, continue: continueToken });
}

export function watchQuery(options: WatchOptions): string {
  const { labelSelector, fieldSelector, resourceVersion, timeoutMs } = options;
  const timeoutSeconds = timeoutMs === undefined ? undefined : Math.max(1, Math.ceil(timeoutMs / 1_000));
  return query({
    watch: true,
    allowWatchBookmarks: true,
    labelSelector,
    fieldSelector,
    resourceVersion,
    timeoutSeconds,
  });
}

export function writeQuery({ fieldManager, dryRun, force }: WriteOptions): string {
  return query({ fieldManager, dryRun: dryRun === true ? "All" : undefined, force });
}

export function logQuery({ container, follow, tailLines }: LogOptions): string {
  return query({ container, follow, tailLines });
}

export function deleteBody(options: DeleteOptions): object {
  const { uid, resourceVersion, gracePeriodSeconds, propagationPolicy } = options;
  const conditional = uid !== undefined || resourceVersion !== undefined;
  return {
    apiVersion: "v1",
    kind: "DeleteOptions",
    gracePeriodSeconds,
    propagationPolicy,
    preconditions: conditional ? { uid, resourceVersion } : undefined,
  };
}
