import { ARGO_FUNCTIONS, valueOf } from "@outrigger/expressions";
import type { Json, Reference, Value } from "@outrigger/expressions";
import { ABSENT } from "../scope/scope.ts";
import type { Scope, TagValue } from "../scope/scope.ts";

/** What stands for time and chance while an expression is evaluated. */
export interface Moment {
  readonly nowMs: number;
  /** Names the place, so that chance gives each place its own numbers, and the same ones again: see `chanceOf`. */
  readonly seed: string;
}

/** What an expression can see beside the functions of the language. */
export interface Surroundings extends Moment {
  /** The variables among those that an expression refers to. */
  variables(references: readonly Reference[]): ReadonlyMap<string, Value>;
}

/** Variables given as data: `{lastRetry: {exitCode: 1}}`, `{response: {statusCode: 200}}`. */
export function surroundingsOf(data: { readonly [name: string]: Json }, moment: Moment): Surroundings {
  const variables = new Map([
    ...ARGO_FUNCTIONS,
    ...Object.entries(data).map(([name, value]) => entry(name, valueOf(value))),
  ]);
  return { ...moment, variables: () => variables };
}

/** Variables of a scope: `inputs.parameters.a` becomes the entry `a` of the map `parameters` of the variable `inputs`. */
export function environmentOf(scope: Scope, moment: Moment): Surroundings {
  return {
    ...moment,
    variables: (references) => new Map([...ARGO_FUNCTIONS, ...treeOf(valuesFor(scope, references))]),
  };
}

// Maps of names, under which there is always more than their own text.
const FAMILY = /(?:^|\.)(?:parameters|labels|annotations|creationTimestamp)$/;

// Asking for one name is cheap; only who refers to a whole family, or to a name that is not there, has all names looked through.
function valuesFor(scope: Scope, references: readonly Reference[]): ReadonlyMap<string, TagValue> {
  const found = new Map<string, TagValue>();
  const unclear: string[] = [];
  for (const { path } of references) {
    const value = FAMILY.test(path) ? undefined : scope.get(path);
    if (value === undefined) unclear.push(path);
    else found.set(path, value);
  }
  if (unclear.some((path) => !ARGO_FUNCTIONS.has(rootOf(path)))) {
    for (const name of scope.names()) if (unclear.some((path) => related(name, path))) found.set(name, scope.get(name));
  }
  return found;
}

function related(name: string, path: string): boolean {
  return rootOf(name) === rootOf(path);
}

function rootOf(path: string): string {
  return path.split(".", 1)[0] ?? "";
}

type Tree = Map<string, Tree | Value>;

// A name that others begin with gives way to them.
function treeOf(values: ReadonlyMap<string, TagValue>): ReadonlyMap<string, Value> {
  const root: Tree = new Map();
  for (const [name, value] of values) {
    if (value === undefined) continue;
    const keys = name.split(".");
    const last = keys.pop() ?? "";
    const parent = keys.reduce<Tree>(branchOf, root);
    if (!(parent.get(last) instanceof Map)) parent.set(last, value === ABSENT ? null : value);
  }
  return root;
}

function branchOf(tree: Tree, key: string): Tree {
  const known = tree.get(key);
  if (known instanceof Map) return known;
  const branch: Tree = new Map();
  tree.set(key, branch);
  return branch;
}

function entry(name: string, value: Value): [string, Value] {
  return [name, value];
}
