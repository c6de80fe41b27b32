import { ApiError } from "../errors/api-error.ts";
import { badRequest, expired } from "../errors/refusals.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Selector } from "../selectors/selector.ts";
import type { Collection } from "../store/collection.ts";
import type { StoredObject } from "../store/stored-object.ts";
import type { ClusterState } from "./cluster-state.ts";
import { decodeContinue, encodeContinue } from "./continue-token.ts";
import type { ContinueToken } from "./continue-token.ts";

export interface ListOptions {
  readonly namespace: string | undefined;
  readonly selector: Selector | undefined;
  /** Page size; 0 for everything. */
  readonly limit: number;
  readonly continueToken: string;
  /** `undefined`: the newest; else as `match` says. */
  readonly resourceVersion: number | undefined;
  readonly match: "" | "Exact" | "NotOlderThan";
}

export interface ObjectList {
  readonly items: readonly StoredObject[];
  readonly version: number;
  readonly continueToken: string;
  /** Known where no selector is in the way. */
  readonly remaining: number | undefined;
}

/** Lists a collection, all pages of it as of one moment. */
export function listObjects(state: ClusterState, kind: Kind, options: ListOptions): ObjectList {
  const token = options.continueToken === "" ? undefined : readToken(options);
  const version = versionToList(state, options, token);
  const collection = state.store.collection(kind.collection);
  const prefix = options.namespace === undefined ? "" : `${options.namespace}/`;
  const all = version === undefined ? collection.list(prefix) : snapshot(collection, prefix, version, token);
  // Any version will do: such lists come from a cache, which does not cut them into pages.
  const limit = options.resourceVersion === 0 && token === undefined ? 0 : options.limit;
  return page(all, { ...options, limit, version: version ?? state.store.version, after: token?.after ?? "" });
}

function readToken(options: ListOptions): ContinueToken {
  if (options.resourceVersion !== undefined && options.resourceVersion !== 0) {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  return decodeContinue(options.continueToken);
}

/** The past version that is asked for; undefined for the newest. */
function versionToList(
  state: ClusterState,
  options: ListOptions,
  token: ContinueToken | undefined,
): number | undefined {
  if (token !== undefined) return token.version === -1 ? undefined : token.version;
  const { resourceVersion, match, limit } = options;
  if (resourceVersion === undefined || resourceVersion === 0) return undefined;
  if (resourceVersion > state.store.version) throw tooLargeVersion(resourceVersion, state.store.version);
  return match === "Exact" || (match === "" && limit > 0) ? resourceVersion : undefined;
}

function tooLargeVersion(asked: number, current: number): ApiError {
  return new ApiError({
    code: 504,
    reason: "Timeout",
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    },
  });
}

function snapshot(
  collection: Collection,
  prefix: string,
  version: number,
  token: ContinueToken | undefined,
): StoredObject[] {
  if (collection.history.reachesBackTo(version)) return collection.listAt(prefix, version);
  if (token === undefined) throw expired("The resourceVersion for the provided list is too old.");
  throw expiredContinue(token);
}

// The client may go on with what is there now, at the price of a list that is not of one moment.
function expiredContinue(token: ContinueToken): ApiError {
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";
  return new ApiError({
    code: 410,
    reason: "Expired",
    message,
    metadata: { continue: encodeContinue({ version: -1, after: token.after }) },
  });
}

function page(
  all: readonly StoredObject[],
  options: ListOptions & { readonly version: number; readonly after: string },
): ObjectList {
  const { selector, limit, version, after } = options;
  const rest = after === "" ? all : all.filter((stored) => stored.key > after);
  const selected = selector === undefined ? rest : rest.filter((stored) => selector(stored.object));
  const last = selected[limit - 1];
  if (limit <= 0 || selected.length <= limit || last === undefined) {
    return { items: selected, version, continueToken: "", remaining: undefined };
  }
  return {
    items: selected.slice(0, limit),
    version,
    continueToken: encodeContinue({ version, after: last.key }),
    remaining: selector === undefined ? selected.length - limit : undefined,
  };
}
