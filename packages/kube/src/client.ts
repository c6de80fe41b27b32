import type { JsonValue, KubeObject } from "@outrigger/types";
import type { Resource } from "./resources.ts";

/** Names one object. Leave `namespace` out for cluster-wide kinds. */
export interface ObjectRef {
  readonly namespace?: string;
  readonly name: string;
}

export interface ListOptions {
  /** All namespaces if left out. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  /** Page size; `continueToken` asks for the next page. */
  readonly limit?: number;
  readonly continueToken?: string;
  /** Gives the call up; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface KubeList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly continueToken?: string;
}

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  /** The server ends the watch after this long. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: KubeObject }
  /** Nothing changed up to this resourceVersion. */
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string };

export const PATCH_CONTENT_TYPES = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;
export type PatchType = keyof typeof PATCH_CONTENT_TYPES;

export interface WriteOptions {
  readonly subresource?: string;
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  /** With `apply`: take over fields that another manager owns. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** Delete only this very object, not a later one of the same name. */
  readonly uid?: string;
  /** Delete only this very version. */
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
}

export interface LogOptions {
  readonly container?: string;
  readonly follow?: boolean;
  readonly tailLines?: number;
  readonly signal?: AbortSignal;
}

/**
 * The Kubernetes API as we use it. Every method rejects with a `KubeError`, which says by its reason whether trying again helps.
 * Objects come as the API sent them; only their metadata has been looked at.
 */
export interface KubeClient {
  get(resource: Resource, ref: ObjectRef): Promise<KubeObject>;
  list(resource: Resource, options?: ListOptions): Promise<KubeList>;
  /**
   * Ends without an error when the server closes the stream or the signal is aborted; throws a KubeError (410: reason Expired)
   * when the server reports one, or the connection breaks.
   */
  watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent>;
  create(
    resource: Resource,
    namespace: string | undefined,
    body: JsonLike,
    options?: WriteOptions,
  ): Promise<KubeObject>;
  /** Posts to a subresource such as `serviceaccounts/token`; the answer need not be a stored object. */
  createSubresource(resource: Resource, ref: ObjectRef, subresource: string, body: JsonLike): Promise<JsonValue>;
  replace(resource: Resource, ref: ObjectRef, body: JsonLike, options?: WriteOptions): Promise<KubeObject>;
  patch(
    resource: Resource,
    ref: ObjectRef,
    patch: { readonly type: PatchType; readonly body: JsonLike },
    options?: WriteOptions,
  ): Promise<KubeObject>;
  delete(resource: Resource, ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /** Text chunks of a container's log. */
  logs(ref: ObjectRef, options?: LogOptions): AsyncIterable<string>;
  /** Closes pooled connections; calls under way fail. */
  close(): void;
}

/** Anything that JSON.stringify turns into an object or list. */
export type JsonLike = object;
