import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";

/** A path or value of a JSON patch does not fit the document. */
export class PointerError extends Error {
  override readonly name = "PointerError";
}

/** The steps of a pointer (RFC 6901). */
export function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw new PointerError(`not a pointer: ${pointer}`);
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function indexOf(list: readonly JsonValue[], step: string, end: number): number {
  const index = step === "-" ? list.length : Number(step);
  if (!/^(-|0|[1-9]\d*)$/.test(step) || index > end) throw new PointerError(`no such index: ${step}`);
  return index;
}

export function valueAt(document: JsonValue, steps: readonly string[]): JsonValue {
  return steps.reduce((here, step) => child(here, step), document);
}

function child(parent: JsonValue, step: string): JsonValue {
  if (Array.isArray(parent)) {
    const list: readonly JsonValue[] = parent;
    return list[indexOf(list, step, list.length - 1)] ?? null;
  }
  if (isJsonObject(parent) && Object.hasOwn(parent, step)) return parent[step] ?? null;
  throw new PointerError(`no such field: ${step}`);
}

/** Changes the place that the steps lead to; the document itself stays as it is, what is not on the way is shared. */
export function changeAt(document: JsonValue, steps: readonly string[], change: ChangePlace): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) throw new PointerError("the whole document cannot be changed this way");
  if (rest.length === 0) {
    if (Array.isArray(document)) return change.inList(document, step);
    if (isJsonObject(document)) return change.inObject(document, step);
    throw new PointerError(`no place for ${step}`);
  }
  const changed = changeAt(child(document, step), rest, change);
  if (Array.isArray(document)) return document.with(Number(step), changed);
  return withField(document as JsonObject, step, changed);
}

/** What to do where a pointer ends. */
export interface ChangePlace {
  readonly inList: (list: readonly JsonValue[], step: string) => JsonValue;
  readonly inObject: (object: JsonObject, step: string) => JsonValue;
}

function withField(object: JsonObject, name: string, value: JsonValue): JsonObject {
  return Object.fromEntries([...Object.entries(object).filter(([each]) => each !== name), [name, value]]);
}

export function adding(value: JsonValue): ChangePlace {
  return {
    inList: (list, step) => list.toSpliced(indexOf(list, step, list.length), 0, value),
    inObject: (object, step) => withField(object, step, value),
  };
}

export function replacing(value: JsonValue): ChangePlace {
  return {
    inList: (list, step) => list.with(indexOf(list, step, list.length - 1), value),
    // Kubernetes' library does not mind that there is nothing to replace.
    inObject: (object, step) => withField(object, step, value),
  };
}

export const removing: ChangePlace = {
  inList: (list, step) => list.toSpliced(indexOf(list, step, list.length - 1), 1),
  inObject: (object, step) => {
    if (!Object.hasOwn(object, step)) throw new PointerError(`no such field: ${step}`);
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== step));
  },
};
