import { badRequest, methodNotAllowed, noSuchResource, notFound } from "../errors/refusals.ts";
import { resourceName } from "../kinds/kind.ts";
import { PATH_NOT_FOUND } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";

/** What is said about a path that is nearly right. A real server answers for its own kinds in another part than for custom ones. */
export interface PathRefusals {
  /** A namespace too many, or none where there must be one. */
  readonly outOfScope: (call: Call) => Answer;
  readonly noSubresource: (call: Call) => Error;
  readonly noMethod: (call: Call) => Error;
}

const COLLECTION_METHODS: ReadonlySet<string> = new Set(["GET", "POST", "DELETE"]);

const OWN_KINDS: PathRefusals = {
  outOfScope: ({ kind, name, request }) => {
    const isCollection = name === "" && kind.resource.namespaced && COLLECTION_METHODS.has(request.method);
    throw isCollection ? methodNotAllowed() : noSuchResource();
  },
  noSubresource: noSuchResource,
  noMethod: methodNotAllowed,
};

const CUSTOM_KINDS: PathRefusals = {
  outOfScope: () => PATH_NOT_FOUND,
  noSubresource: ({ kind, name }) => notFound(resourceName(kind), name),
  noMethod: ({ name, request }) => {
    const lacksName = name === "" && ["PUT", "PATCH"].includes(request.method);
    return lacksName ? badRequest("name must be provided") : methodNotAllowed();
  },
};

export function pathRefusals(call: Call): PathRefusals {
  return call.kind.shape.from === "schema" ? CUSTOM_KINDS : OWN_KINDS;
}
