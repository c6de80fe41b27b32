import type { KubeObject } from "@outrigger/types";

type Labels = Readonly<Record<string, string>>;
type Requirement<T> = (subject: T) => boolean;

// A comma separates requirements, except within the parentheses of a set.
const COMMA = /,(?![^(]*\))/;
const SET = /^\s*(\S+)\s+(in|notin)\s*\(([^()]*)\)\s*$/;
const EQUALITY = /^\s*([^\s=!]+)\s*(=|==|!=)\s*([^\s=!]*)\s*$/;
const EXISTENCE = /^\s*(!?)\s*([^\s=!]+)\s*$/;

function requirements(selector: string): readonly string[] {
  return selector.trim() === "" ? [] : selector.split(COMMA);
}

function labelRequirement(text: string): Requirement<Labels> {
  const [, setKey, word, members = ""] = SET.exec(text) ?? [];
  if (setKey !== undefined) {
    const values = new Set(members.split(",").map((value) => value.trim()));
    return (labels) =>
      values.has(labels[setKey] ?? "") === (word === "in") && (word === "notin" || Object.hasOwn(labels, setKey));
  }
  const [, key, sign, value] = EQUALITY.exec(text) ?? [];
  if (key !== undefined) return (labels) => (labels[key] === value) === (sign !== "!=");
  const [, not, name] = EXISTENCE.exec(text) ?? [];
  if (name === undefined) throw new SyntaxError(`not a label selector: ${text}`);
  return (labels) => Object.hasOwn(labels, name) === (not === "");
}

function fieldRequirement(text: string): Requirement<KubeObject> {
  const [, path, sign, value] = EQUALITY.exec(text) ?? [];
  if (path === undefined) throw new SyntaxError(`not a field selector: ${text}`);
  return (object) => (fieldText(object, path) === value) === (sign !== "!=");
}

function fieldText(object: unknown, path: string): string {
  let value = object;
  for (const name of path.split(".")) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** Whether an object is among those that a list or watch of this selection answers. Throws on a selector that is none. */
export function selectorMatcher(selectors: {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}): (object: KubeObject) => boolean {
  const labels = requirements(selectors.labelSelector ?? "").map(labelRequirement);
  const fields = requirements(selectors.fieldSelector ?? "").map(fieldRequirement);
  const { namespace } = selectors;
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    labels.every((holds) => holds(object.metadata.labels ?? {})) &&
    fields.every((holds) => holds(object));
}
