/** A path below /api or /apis, taken apart. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string;
  readonly subresource: string;
}

/** Where a namespace is not the place of an object but the object itself. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(["status", "finalize"]);

/** `/api/v1/…` or `/apis/<group>/<version>/…`; undefined for paths that are about no resource. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const segments = path.split("/").filter((segment) => segment !== "");
  const [root, ...rest] = segments;
  if (root === "api") return parseBelowVersion("", rest);
  if (root !== "apis") return undefined;
  const [group = "", ...below] = rest;
  return parseBelowVersion(group, below);
}

function parseBelowVersion(group: string, segments: readonly string[]): ResourcePath | undefined {
  const [version = "", ...rest] = segments;
  if (version === "" || (rest.length === 0 && group !== "")) return undefined;
  const [first = "", second = "", third] = rest;
  const isInNamespace = first === "namespaces" && third !== undefined && !NAMESPACE_SUBRESOURCES.has(third);
  const [plural = "", name = "", ...subresource] = isInNamespace ? rest.slice(2) : rest;
  return {
    group,
    version,
    namespace: isInNamespace ? decodeSegment(second) : undefined,
    plural,
    name: decodeSegment(name),
    subresource: subresource.join("/"),
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
