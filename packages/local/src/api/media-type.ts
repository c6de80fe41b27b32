import { ApiError } from "../errors/api-error.ts";

/** How the client wants an object or a list of them. */
export interface Representation {
  readonly as: "object" | "table" | "metadata";
  readonly format: "json" | "yaml";
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const FORMATS: ReadonlyMap<string, Representation["format"]> = new Map([
  ["application/json", "json"],
  ["application/yaml", "yaml"],
  ["*/*", "json"],
]);

const SHAPES: ReadonlyMap<string, Representation["as"]> = new Map([
  ["", "object"],
  ["Table", "table"],
  ["PartialObjectMetadata", "metadata"],
  ["PartialObjectMetadataList", "metadata"],
]);

/** The media ranges of an Accept header, in the order in which they stand. */
export function mediaRanges(accept: string): MediaRange[] {
  return accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    return { type, parameters: new Map(parameters.map((each) => splitOnce(each, "="))) };
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}

/** Picks the first that we have. */
export function negotiate(accept: string): Representation {
  if (accept.trim() === "") return { as: "object", format: "json" };
  for (const { type, parameters } of mediaRanges(accept)) {
    const format = FORMATS.get(type);
    const as = SHAPES.get(parameters.get("as") ?? "");
    if (format !== undefined && as !== undefined && isServedVersion(parameters)) return { as, format };
  }
  throw notAcceptable();
}

// Tables and bare metadata exist in one version; asking for an older one is asking for something else.
function isServedVersion(parameters: ReadonlyMap<string, string>): boolean {
  return !parameters.has("as") || (parameters.get("g") === "meta.k8s.io" && parameters.get("v") === "v1");
}

function notAcceptable(): ApiError {
  return new ApiError({
    code: 406,
    reason: "NotAcceptable",
    message:
      "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/json;stream=watch",
    details: {},
  });
}
