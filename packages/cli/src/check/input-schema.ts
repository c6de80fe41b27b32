import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { childPath, isJsonObject } from "@outrigger/types";
import type { Issue, JsonValue } from "@outrigger/types";

/** Checks what a template hands to a plugin. Paths begin below the plugin's key. */
export type InputCheck = (input: JsonValue, path: string) => readonly Issue[];

// Formats, `$comment`s and keywords of other tools may stand in a schema: they are for whoever knows them.
const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false, validateFormats: false });

/** Answers why, if the text is no JSON Schema. */
export function compileInputSchema(text: string): InputCheck | { readonly problem: string } {
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema !== "boolean" && !isJsonObject(schema)) return { problem: "must be a JSON object" };
    const validate: ValidateFunction = ajv.compile(schema);
    return (input, path) => {
      validate(input);
      return (validate.errors ?? [])
        .filter((error) => error.keyword !== "if" && !isOpen(error, input)) // what `then` asks for is told by itself
        .map((error) => toIssue(error, input, path));
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function toIssue(error: ErrorObject, input: JsonValue, path: string): Issue {
  const { instancePath, keyword, message = "is not valid", params } = error;
  const place = placeOf(instancePath, input, path);
  const named = NAMED[keyword];
  return named === undefined ? { path: place, message } : named(place, params as Params);
}

/** Of the keywords below, as Ajv documents them. */
interface Params {
  readonly missingProperty: string;
  readonly additionalProperty: string;
  readonly allowedValues: JsonValue;
  readonly allowedValue: JsonValue;
}

// What the plain message leaves out: which field, which values.
const NAMED: Readonly<Record<string, (path: string, params: Params) => Issue>> = {
  required: (path, { missingProperty }) => ({ path: childPath(path, missingProperty), message: "is required" }),
  additionalProperties: (path, { additionalProperty }) => ({
    path: childPath(path, additionalProperty),
    message: "is not a known field",
  }),
  enum: (path, { allowedValues }) => ({ path, message: `must be one of ${JSON.stringify(allowedValues)}` }),
  const: (path, { allowedValue }) => ({ path, message: `must be ${JSON.stringify(allowedValue)}` }),
};

/** A value with a tag is known when the step runs, not before; so is whatever depends on it. */
function isOpen({ instancePath, keyword }: ErrorObject, input: JsonValue): boolean {
  const value = pointer(instancePath).reduce<JsonValue | undefined>(childOf, input);
  return holdsTag(value, COMBINING.has(keyword));
}

const COMBINING: ReadonlySet<string> = new Set([
  "anyOf",
  "oneOf",
  "not",
  "if",
  "contains",
  "uniqueItems",
  "const",
  "enum",
]);

function holdsTag(value: JsonValue | undefined, anywhereBelow: boolean): boolean {
  if (typeof value === "string") return value.includes("{{");
  if (!anywhereBelow || typeof value !== "object" || value === null) return false;
  return JSON.stringify(value).includes("{{");
}

function placeOf(instancePath: string, input: JsonValue, path: string): string {
  let value: JsonValue | undefined = input;
  let place = path;
  for (const segment of pointer(instancePath)) {
    place = Array.isArray(value) ? `${place}[${segment}]` : childPath(place, segment);
    value = childOf(value, segment);
  }
  return place;
}

function childOf(value: JsonValue | undefined, segment: string): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[])[Number(segment)];
  return isJsonObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

function pointer(instancePath: string): readonly string[] {
  const segments = instancePath.split("/").slice(1);
  return segments.map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}
