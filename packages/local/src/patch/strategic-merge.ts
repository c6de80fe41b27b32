import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { goText, unmergeable } from "./go-text.ts";
import { structType } from "../schema/struct-types.ts";
import type { FieldType } from "../schema/struct-types.ts";
import { mergeList, orderAs } from "./strategic-list.ts";

const DIRECTIVE = "$patch";
const RETAIN_KEYS = "$retainKeys";
const ORDER_PREFIX = "$setElementOrder/";
const DELETE_PREFIX = "$deleteFromPrimitiveList/";

/** Kubernetes' own merge of objects whose type is known: lists merge by the keys of their items. Throws an ApiError. */
export function strategicMerge(original: JsonObject, patch: JsonObject, typeName: string): JsonObject {
  return mergeFields(original, patch, { kind: "struct", name: typeName, atomic: false });
}

export function mergeFields(original: JsonObject, patch: JsonObject, type: FieldType | undefined): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === "replace") return withoutDirectives(patch);
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge") throw badDirective(directive, patch);
  const fields = new Map(Object.entries(retained(original, patch)));
  for (const [name, value] of Object.entries(patch)) {
    if (!name.startsWith("$")) mergeField(fields, name, { value, type: fieldType(type, name) });
  }
  for (const [name, value] of Object.entries(patch)) applyListDirective(fields, { name, value, original, type });
  return Object.fromEntries(fields);
}

function badDirective(directive: JsonValue, patch: JsonObject): Error {
  return unmergeable(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
}

function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch[RETAIN_KEYS];
  if (!Array.isArray(keys)) return original;
  return Object.fromEntries(Object.entries(original).filter(([name]) => keys.includes(name)));
}

function fieldType(type: FieldType | undefined, name: string): FieldType | undefined {
  if (type?.kind === "struct") return structType(type.name).fields.get(name)?.type;
  return type?.kind === "map" ? type.values : undefined;
}

interface FieldPatch {
  readonly value: JsonValue;
  readonly type: FieldType | undefined;
}

function mergeField(fields: Map<string, JsonValue>, name: string, { value, type }: FieldPatch): void {
  if (value === null) return void fields.delete(name);
  const current = fields.get(name);
  if (isJsonObject(value)) return void fields.set(name, mergeFields(isJsonObject(current) ? current : {}, value, type));
  const merges = Array.isArray(value) && Array.isArray(current) && type?.kind === "list" && type.mergeKey !== undefined;
  fields.set(name, merges ? mergeList(current, value, { type, mergeFields }) : withoutDirectivesIn(value));
}

function withoutDirectivesIn(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return value;
  const items: readonly JsonValue[] = value;
  return items
    .filter((item) => !isJsonObject(item) || (item[DIRECTIVE] !== "delete" && item[DIRECTIVE] !== "replace"))
    .map((item) => (isJsonObject(item) ? withoutDirectives(item) : item));
}

function withoutDirectives(patch: JsonObject): JsonObject {
  const plain = Object.entries(patch).filter(([name, value]) => !name.startsWith("$") && value !== null);
  return Object.fromEntries(
    plain.map(([name, value]) => [name, isJsonObject(value) ? withoutDirectives(value) : withoutDirectivesIn(value)]),
  );
}

interface ListDirective extends FieldPatch {
  readonly name: string;
  readonly original: JsonObject;
}

/** Directives that stand beside the list that they are about. */
function applyListDirective(fields: Map<string, JsonValue>, directive: ListDirective): void {
  const { name, value } = directive;
  if (!Array.isArray(value)) return;
  const listed: readonly JsonValue[] = value;
  if (name.startsWith(DELETE_PREFIX)) {
    const field = name.slice(DELETE_PREFIX.length);
    const current = fields.get(field);
    if (Array.isArray(current))
      fields.set(
        field,
        current.filter((item) => !listed.includes(item)),
      );
  }
  if (name.startsWith(ORDER_PREFIX))
    reorder(fields, { ...directive, name: name.slice(ORDER_PREFIX.length), value: listed });
}

function reorder(
  fields: Map<string, JsonValue>,
  directive: ListDirective & { readonly value: readonly JsonValue[] },
): void {
  const { name, original, value } = directive;
  const current = fields.get(name);
  const type = fieldType(directive.type, name);
  if (!Array.isArray(current) || type?.kind !== "list") return;
  const before = original[name];
  const serverOrder = Array.isArray(before) ? before : [];
  fields.set(name, orderAs(current, { wanted: value, serverOrder, mergeKey: type.mergeKey ?? "" }));
}
