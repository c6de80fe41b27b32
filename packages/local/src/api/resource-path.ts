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
  const [version, ...rest] = segments;
  if (version === undefined || (rest.length === 0 && group !== "")) return undefined;
  const namespace = namespaceOf(rest);
  const [plural = "", name = "", ...subresource] = namespace === undefined ? rest : rest.slice(2);
  return { group, version, namespace, plural, name: decodeSegment(name), subresource: subresource.join("/") };
}

/** `namespaces/<namespace>/…` is a place, unless it is about the namespace itself. */
function namespaceOf([first, namespace, next]: readonly string[]): string | undefined {
  if (first !== "namespaces" || namespace === undefined || next === undefined) return undefined;
  return NAMESPACE_SUBRESOURCES.has(next) ? undefined : decodeSegment(namespace);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
