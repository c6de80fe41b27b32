import { KUBERNETES_TYPES } from "./kubernetes-types.ts";

export const SCALARS = [
  "string",
  "int32",
  "int64",
  "int",
  "float",
  "bool",
  "bytes",
  "Time",
  "MicroTime",
  "Quantity",
  "IntOrString",
  "any",
] as const;
export type Scalar = (typeof SCALARS)[number];

export interface ListType {
  readonly kind: "list";
  readonly items: FieldType;
  /** Strategic merge: by this key of the items; `""` merges a list of scalars as a set; undefined replaces the list. */
  readonly mergeKey: string | undefined;
  /** Server-side apply: the keys that tell items apart; none makes it a set; undefined makes the list one value. */
  readonly mapKeys: readonly string[] | undefined;
}

export type FieldType =
  | { readonly kind: "scalar"; readonly scalar: Scalar }
  | ListType
  | { readonly kind: "map"; readonly values: FieldType; readonly atomic: boolean }
  | { readonly kind: "struct"; readonly name: string; readonly atomic: boolean };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** When the field is part of an answer: unless it is empty, always, exactly if it was given, or always, as null if it was not given. */
  readonly presence: "nonEmpty" | "always" | "given" | "orNull";
  /** In protobuf: `7`, or `2.1` for a field of the message that is field 2. */
  readonly number: string;
}

export interface StructType {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
}

const lines = new Map<string, string>();
const parsed = new Map<string, StructType>();

function definition(name: string): string {
  if (lines.size === 0) {
    for (const line of KUBERNETES_TYPES.trim().split("\n")) lines.set(line.slice(0, line.indexOf(" ")), line);
  }
  const line = lines.get(name);
  if (line === undefined) throw new Error(`the table of Kubernetes types has no ${name}`);
  return line;
}

/** A type of the table, parsed when it is first asked for. */
export function structType(name: string): StructType {
  let type = parsed.get(name);
  if (type === undefined) {
    const fields = definition(name).split(" ").slice(1).map(parseField);
    type = { name, fields: new Map(fields.map((field) => [field.name, field])) };
    parsed.set(name, type);
  }
  return type;
}

const PRESENCE: Readonly<Record<string, Field["presence"]>> = { "!": "always", "?": "given", "*": "orNull" };

function parseField(text: string): Field {
  const match = /^(\w+)([!?*]?):(.+)#([\d.]+)$/.exec(text);
  if (match === null) throw new Error(`the table of Kubernetes types has a field it cannot mean: ${text}`);
  const [, name = "", mark = "", type = "", number = ""] = match;
  return { name, type: parseType(type), presence: PRESENCE[mark] ?? "nonEmpty", number };
}

function parseType(text: string): FieldType {
  const atomic = text.endsWith("=");
  const type = text.replace(/[%=]+/g, "");
  if (type.startsWith("[")) return parseList(type);
  if (type.startsWith("{")) return { kind: "map", values: parseType(type.slice(1, -1)), atomic };
  const scalar = SCALARS.find((candidate) => candidate === type);
  return scalar === undefined ? { kind: "struct", name: type, atomic } : { kind: "scalar", scalar };
}

function parseList(text: string): ListType {
  const end = text.lastIndexOf("]");
  const marks = /^(?:~(\w*))?(?:@([\w,]*))?$/.exec(text.slice(end + 1));
  const keys = marks?.[2];
  return {
    kind: "list",
    items: parseType(text.slice(1, end)),
    mergeKey: marks?.[1],
    mapKeys: keys === undefined ? undefined : keys.split(",").filter((key) => key !== ""),
  };
}
