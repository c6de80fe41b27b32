import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import {
  duplicateValue,
  invalidType,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from "../../errors/field-error.ts";
import type { FieldError } from "../../errors/field-error.ts";
import { jsonEqual } from "../../json/equal.ts";
import { checkBounds } from "./bounds.ts";
import { schemaOfField } from "./schema.ts";
import type { StructuralSchema } from "./schema.ts";

const META: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/** What is wrong with an object of a custom kind, in the words of Kubernetes' validator. */
export function validateObject(object: JsonObject, schema: StructuralSchema): FieldError[] {
  const { required, ...rest } = schema;
  const properties = Object.fromEntries(Object.entries(schema.properties ?? {}).filter(([name]) => !META.has(name)));
  const ofTypes = (required ?? []).filter((name) => !META.has(name));
  return validateValue(object, { ...rest, properties, required: ofTypes }, "");
}

/** As `validateObject`, for a part of an object that stands at `path`. */
export function validateValue(value: JsonValue, schema: StructuralSchema, path: string): FieldError[] {
  if (value === null && schema.nullable === true) return [];
  const wrongType = checkType(value, schema, path);
  if (wrongType !== undefined) return [wrongType];
  return [
    ...checkEnum(value, schema, path),
    ...checkBounds(value, schema, path),
    ...checkParts(value, schema, path),
    ...checkLogic(value, schema, path),
  ];
}

function typeName(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function hasType(value: JsonValue, type: string): boolean {
  const actual = typeName(value);
  return actual === type || (type === "number" && actual === "integer");
}

function checkType(value: JsonValue, schema: StructuralSchema, path: string): FieldError | undefined {
  const intOrString = schema["x-kubernetes-int-or-string"] === true;
  const allowed = intOrString ? ["integer", "string"] : [schema.type ?? ""];
  if (allowed.includes("") || allowed.some((type) => hasType(value, type))) return undefined;
  const actual = typeName(value);
  const expected = intOrString ? "integer,string" : (schema.type ?? "");
  return invalidType(path, actual, `${path} in body must be of type ${expected}: ${JSON.stringify(actual)}`);
}

function checkEnum(value: JsonValue, schema: StructuralSchema, path: string): FieldError[] {
  if (schema.enum === undefined || schema.enum.some((choice) => jsonEqual(choice, value))) return [];
  const choices = schema.enum.map((choice) => (typeof choice === "string" ? choice : JSON.stringify(choice)));
  return [unsupportedValue(path, value, choices)];
}

function checkParts(value: JsonValue, schema: StructuralSchema, path: string): FieldError[] {
  if (Array.isArray(value)) return checkItems(value, schema, path);
  return isJsonObject(value) ? checkFields(value, schema, path) : [];
}

function checkFields(value: JsonObject, schema: StructuralSchema, path: string): FieldError[] {
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name));
  const errors = Object.entries(value).flatMap(([name, field]) => {
    const fieldSchema = schemaOfField(schema, name);
    return fieldSchema === undefined ? [] : validateValue(field, fieldSchema, join(path, name));
  });
  return [...errors, ...missing.map((name) => requiredValue(join(path, name)))];
}

function checkItems(list: readonly JsonValue[], schema: StructuralSchema, path: string): FieldError[] {
  const { items } = schema;
  const errors =
    items === undefined ? [] : list.flatMap((item, index) => validateValue(item, items, `${path}[${index}]`));
  return [...errors, ...checkUnique(list, schema, path)];
}

function checkUnique(list: readonly JsonValue[], schema: StructuralSchema, path: string): FieldError[] {
  const listType = schema["x-kubernetes-list-type"];
  if (listType !== "set" && listType !== "map") return [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const identity = (item: JsonValue): JsonValue =>
    listType === "map" && isJsonObject(item) ? Object.fromEntries(keys.map((key) => [key, item[key] ?? null])) : item;
  const seen: JsonValue[] = [];
  return list.flatMap((item, index) => {
    const id = identity(item);
    if (seen.some((other) => jsonEqual(other, id))) return [duplicateValue(`${path}[${index}]`, id)];
    seen.push(id);
    return [];
  });
}

function checkLogic(value: JsonValue, schema: StructuralSchema, path: string): FieldError[] {
  const { allOf = [], anyOf, oneOf, not } = schema;
  const failures = (part: StructuralSchema): FieldError[] => validateValue(value, part, path);
  return [
    ...allOf.flatMap(failures),
    ...(anyOf === undefined ? [] : checkAnyOf(anyOf.map(failures), path)),
    ...(oneOf === undefined ? [] : checkOneOf(oneOf.map(failures), path)),
    ...(not === undefined || failures(not).length > 0 ? [] : [refusal(path, "must not validate the schema (not)")]),
  ];
}

/** Kubernetes' validator does not say which field it is, other than in the message. */
function refusal(path: string, rule: string): FieldError {
  return invalidValue("<nil>", "", `${JSON.stringify(path)} ${rule}`);
}

function checkAnyOf(failures: readonly FieldError[][], path: string): FieldError[] {
  if (failures.some((errors) => errors.length === 0)) return [];
  return [refusal(path, "must validate at least one schema (anyOf)"), ...closest(failures)];
}

function checkOneOf(failures: readonly FieldError[][], path: string): FieldError[] {
  const fitting = failures.filter((errors) => errors.length === 0).length;
  if (fitting === 1) return [];
  const rule = "must validate one and only one schema (oneOf).";
  if (fitting > 1) return [refusal(path, `${rule} Found ${fitting} valid alternatives`)];
  return [refusal(path, `${rule} Found none valid`), ...closest(failures)];
}

/** What is wrong with the alternative that comes closest. */
function closest(failures: readonly FieldError[][]): FieldError[] {
  const [first = [], ...others] = failures;
  return others.reduce((best, errors) => (errors.length < best.length ? errors : best), first);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
