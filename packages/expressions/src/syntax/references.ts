import { isBuiltin } from "./arguments.ts";
import { childrenOf } from "./ast.ts";
import type { Node } from "./ast.ts";
import { isMap } from "../value.ts";
import type { Value } from "../value.ts";

/** A variable that an expression names. */
export interface Reference {
  readonly name: string;
  /** The variable with the fields asked of it, such as `steps.a.outputs.result`, as far as they are known beforehand. */
  readonly path: string;
  /** Whether something stands in for it if it is missing: `a.b ?? c`, `a?.b`. */
  readonly guarded: boolean;
  readonly position: number;
}

interface Place {
  readonly locals: ReadonlySet<string>;
  readonly guarded: boolean;
}

export function referencesOf(root: Node): readonly Reference[] {
  const found: Reference[] = [];
  collect(root, { locals: new Set(["$env"]), guarded: false }, found);
  return found;
}

function collect(node: Node, place: Place, found: Reference[]): void {
  switch (node.kind) {
    case "identifier":
    case "member":
      collectPath(node, place, found);
      return;
    case "let":
      collect(node.value, place, found);
      collect(node.body, { ...place, locals: new Set([...place.locals, node.name]) }, found);
      return;
    case "binary":
      collect(node.left, node.operator === "??" ? { ...place, guarded: true } : place, found);
      collect(node.right, place, found);
      return;
    case "builtin":
      for (const arg of node.args) collect(arg, place, found);
      return;
    default:
      for (const child of childrenOf(node)) collect(child, place, found);
  }
}

function collectPath(node: Node, place: Place, found: Reference[]): void {
  const path = pathOf(node);
  if (path === undefined) {
    for (const child of childrenOf(node)) collect(child, place, found);
    return;
  }
  const [name = ""] = path.names;
  if (place.locals.has(name) || (isBuiltin(name) && path.names.length === 1)) return;
  found.push({ name, path: path.names.join("."), guarded: place.guarded || path.optional, position: path.position });
}

interface Path {
  readonly names: readonly string[];
  readonly optional: boolean;
  readonly position: number;
}

// `a.b["c"]` is one path; `a[i]` is a path `a` and an expression `i`.
function pathOf(node: Node): Path | undefined {
  if (node.kind === "identifier") return { names: [node.name], optional: false, position: node.position };
  if (node.kind === "chain") return pathOf(node.link);
  if (node.kind !== "member" || node.key.kind !== "literal" || typeof node.key.value !== "string") return undefined;
  const object = pathOf(node.object);
  return object && { ...object, names: [...object.names, node.key.value], optional: object.optional || node.optional };
}

/** Whether the variable, and what is asked of it, is there: as nil, too. What something stands in for only needs the variable itself. */
export function refersTo({ path, name, guarded }: Reference, variables: ReadonlyMap<string, Value>): boolean {
  let current: Value | undefined = variables.get(name);
  if (guarded || current === undefined) return current !== undefined;
  for (const key of path.split(".").slice(1)) {
    if (!isMap(current)) return false;
    current = current.get(key);
    if (current === undefined) return false;
  }
  return true;
}
