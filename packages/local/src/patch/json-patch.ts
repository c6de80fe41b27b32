import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { badRequest, tooLarge, unprocessable } from "../errors/refusals.ts";
import { jsonEqual } from "../json/equal.ts";
import { PointerError, adding, changeAt, parsePointer, removing, replacing, valueAt } from "./json-pointer.ts";

const MOST_OPERATIONS = 10_000;

type Apply = (document: JsonValue, path: readonly string[], operation: JsonObject) => JsonValue;

function valueOf(operation: JsonObject): JsonValue {
  return operation["value"] ?? null;
}

function from(operation: JsonObject): string[] {
  const pointer = operation["from"];
  if (typeof pointer !== "string") throw new PointerError("from is missing");
  return parsePointer(pointer);
}

function put(document: JsonValue, path: readonly string[], value: JsonValue): JsonValue {
  return path.length === 0 ? value : changeAt(document, path, adding(value));
}

const OPERATIONS: Readonly<Record<string, Apply>> = {
  add: (document, path, operation) => put(document, path, valueOf(operation)),
  remove: (document, path) => changeAt(document, path, removing),
  replace: (document, path, operation) =>
    path.length === 0 ? valueOf(operation) : changeAt(document, path, replacing(valueOf(operation))),
  move: (document, path, operation) => {
    const source = from(operation);
    return put(changeAt(document, source, removing), path, valueAt(document, source));
  },
  copy: (document, path, operation) => put(document, path, valueAt(document, from(operation))),
  test: (document, path, operation) => {
    if (!jsonEqual(found(document, path), valueOf(operation))) throw new PointerError("the test failed");
    return document;
  },
};

// A field that is not there passes a test for null.
function found(document: JsonValue, path: readonly string[]): JsonValue {
  try {
    return valueAt(document, path);
  } catch (error) {
    if (error instanceof PointerError) return null;
    throw error;
  }
}

/** RFC 6902. A patch that is none is a bad request; one that does not fit the document is refused as Kubernetes does. */
export function jsonPatch(document: JsonObject, patch: unknown): JsonObject {
  const operations = readOperations(patch);
  try {
    const patched = operations.reduce<JsonValue>(applyOne, document);
    if (isJsonObject(patched)) return patched;
    throw new PointerError("the result is no object");
  } catch (error) {
    if (error instanceof PointerError) throw unprocessable(error.message);
    throw error;
  }
}

function readOperations(patch: unknown): readonly JsonObject[] {
  if (!Array.isArray(patch)) {
    const type = isJsonObject(patch) ? "object" : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${type} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (patch.length > MOST_OPERATIONS) {
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${patch.length}`);
  }
  return patch.map((operation) => {
    if (isJsonObject(operation)) return operation;
    throw badRequest("error decoding patch: json: cannot unmarshal into Go value of type handlers.jsonPatchOp");
  });
}

function applyOne(document: JsonValue, operation: JsonObject): JsonValue {
  const { op, path } = operation;
  const apply = typeof op === "string" && Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined;
  if (apply === undefined) throw new PointerError("unknown operation");
  if (typeof path !== "string") throw new PointerError("path is missing");
  return apply(document, parsePointer(path), operation);
}
