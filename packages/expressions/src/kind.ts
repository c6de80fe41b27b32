import { Duration } from "./time/duration.ts";
import { Instant } from "./time/instant.ts";
import { Zone } from "./time/zone.ts";
import { Callable, isList, isMap } from "./value.ts";
import type { Value } from "./value.ts";

const CLASSES: readonly (readonly [new (...args: never[]) => object, string])[] = [
  [Uint8Array, "bytes"],
  [Instant, "time"],
  [Duration, "duration"],
  [Zone, "timezone"],
  [Callable, "function"],
];

const PRIMITIVES: Readonly<Record<string, string>> = {
  boolean: "bool",
  bigint: "int",
  number: "float",
  string: "string",
};

/** The word for a value's kind, as messages use it. */
export function kindOf(value: Value): string {
  if (value === null) return "nil";
  if (isList(value)) return "list";
  if (isMap(value)) return "map";
  if (typeof value !== "object") return PRIMITIVES[typeof value] ?? "value";
  return CLASSES.find(([constructor]) => value instanceof constructor)?.[1] ?? "value";
}
