import { isJsonObject } from "@outrigger/types";
import type { JsonValue } from "@outrigger/types";
import { invalidValue, tooLong, tooMany } from "../../errors/field-error.ts";
import type { FieldError } from "../../errors/field-error.ts";
import type { StructuralSchema } from "./schema.ts";

/** Checks the keywords that bound a number, a text's length or the number of parts. */
export function checkBounds(value: JsonValue, schema: StructuralSchema, path: string): FieldError[] {
  if (typeof value === "number") return checkNumber(value, schema, path);
  if (typeof value === "string") return checkText(value, schema, path);
  if (Array.isArray(value)) return checkItemCount(value.length, value, schema, path);
  return isJsonObject(value) ? checkFieldCount(Object.keys(value).length, schema, path) : [];
}

function checkNumber(value: number, schema: StructuralSchema, path: string): FieldError[] {
  const { multipleOf } = schema;
  const broken = [checkMaximum(value, schema), checkMinimum(value, schema)].filter((rule) => rule !== undefined);
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) broken.push(`a multiple of ${multipleOf}`);
  return broken.map((rule) => invalidValue(path, value, `${path} in body should be ${rule}`));
}

function checkMaximum(value: number, { maximum, exclusiveMaximum }: StructuralSchema): string | undefined {
  if (maximum === undefined || value < maximum || (value === maximum && exclusiveMaximum !== true)) return undefined;
  return `less than ${exclusiveMaximum === true ? "" : "or equal to "}${maximum}`;
}

function checkMinimum(value: number, { minimum, exclusiveMinimum }: StructuralSchema): string | undefined {
  if (minimum === undefined || value > minimum || (value === minimum && exclusiveMinimum !== true)) return undefined;
  return `greater than ${exclusiveMinimum === true ? "" : "or equal to "}${minimum}`;
}

function checkText(value: string, schema: StructuralSchema, path: string): FieldError[] {
  const { minLength, maxLength, pattern } = schema;
  const length = Array.from(value).length;
  const errors: FieldError[] = [];
  if (maxLength !== undefined && length > maxLength) {
    errors.push(tooLong(path, `may not be more than ${maxLength} bytes`));
  }
  if (minLength !== undefined && length < minLength) {
    errors.push(invalidValue(path, value, `${path} in body should be at least ${minLength} chars long`));
  }
  if (pattern !== undefined && !matches(pattern, value)) {
    errors.push(invalidValue(path, value, `${path} in body should match '${pattern}'`));
  }
  return errors;
}

// The pattern is in Go's dialect; one that JavaScript cannot read refuses nothing.
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}

function checkItemCount(count: number, value: JsonValue, schema: StructuralSchema, path: string): FieldError[] {
  const { minItems, maxItems } = schema;
  if (maxItems !== undefined && count > maxItems) {
    return [tooMany(path, count, `must have at most ${maxItems} item${maxItems === 1 ? "" : "s"}`)];
  }
  if (minItems === undefined || count >= minItems) return [];
  return [invalidValue(path, value, `${path} in body should have at least ${minItems} items`)];
}

function checkFieldCount(count: number, schema: StructuralSchema, path: string): FieldError[] {
  const { minProperties, maxProperties } = schema;
  if (maxProperties !== undefined && count > maxProperties) {
    return [tooMany(path, count, `must have at most ${maxProperties} item${maxProperties === 1 ? "" : "s"}`)];
  }
  if (minProperties === undefined || count >= minProperties) return [];
  return [invalidValue(path, count, `${path} in body should have at least ${minProperties} properties`)];
}
