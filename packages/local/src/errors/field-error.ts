import type { StatusCause } from "./api-error.ts";

const TYPES = {
  FieldValueInvalid: "Invalid value",
  FieldValueTypeInvalid: "Invalid value",
  FieldValueRequired: "Required value",
  FieldValueForbidden: "Forbidden",
  FieldValueNotSupported: "Unsupported value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueNotFound: "Not found",
  FieldValueTooLong: "Too long",
  FieldValueTooMany: "Too many",
} as const;

/** What is wrong with one field. */
export interface FieldError {
  readonly type: keyof typeof TYPES;
  readonly field: string;
  /** Type, value and detail, as a client sees them. */
  readonly body: string;
}

function show(value: unknown): string {
  return value === undefined ? "null" : JSON.stringify(value);
}

function withDetail(text: string, detail: string): string {
  return detail === "" ? text : `${text}: ${detail}`;
}

function valueError(type: FieldError["type"]) {
  return (field: string, value: unknown, detail = ""): FieldError => ({
    type,
    field,
    body: withDetail(`${TYPES[type]}: ${show(value)}`, detail),
  });
}

function plainError(type: FieldError["type"]) {
  return (field: string, detail = ""): FieldError => ({ type, field, body: withDetail(TYPES[type], detail) });
}

export const invalidValue = valueError("FieldValueInvalid");
export const invalidType = valueError("FieldValueTypeInvalid");
export const duplicateValue = valueError("FieldValueDuplicate");
export const valueNotFound = valueError("FieldValueNotFound");
export const tooMany = valueError("FieldValueTooMany");
export const requiredValue = plainError("FieldValueRequired");
export const forbiddenValue = plainError("FieldValueForbidden");
export const tooLong = plainError("FieldValueTooLong");

export function unsupportedValue(field: string, value: unknown, supported: readonly string[]): FieldError {
  return valueError("FieldValueNotSupported")(field, value, `supported values: ${supported.map(show).join(", ")}`);
}

export function causeOf(error: FieldError): StatusCause {
  return { reason: error.type, message: error.body, field: error.field };
}

/** One error as it is, several in brackets; each text once. */
export function aggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.body}`))];
  return texts.length === 1 ? texts.join("") : `[${texts.join(", ")}]`;
}
