import { ExpressionError } from "../error.ts";
import { compareKeys } from "./key-order.ts";
import { LIMITS } from "../limits.ts";
import { Duration } from "../time/duration.ts";
import { Instant } from "../time/instant.ts";
import { instantText } from "../time/layout.ts";
import type { Zone } from "../time/zone.ts";
import { isList, isMap } from "../value.ts";
import type { Callable, Value } from "../value.ts";
import { floatText } from "./float.ts";

/** A value as Go's `%v` shows it: `[1 2 3]`, `map[a:1 b:2]`, `<nil>`. */
export function goText(value: Value, depth = 0): string {
  if (depth > LIMITS.depth) throw new ExpressionError(`a value is nested more than ${LIMITS.depth} deep`);
  if (isList(value)) return `[${value.map((item) => goText(item, depth + 1)).join(" ")}]`;
  if (isMap(value)) {
    const entries = [...value].sort(([a], [b]) => compareKeys(a, b));
    return `map[${entries.map(([key, item]) => `${goText(key)}:${goText(item, depth + 1)}`).join(" ")}]`;
  }
  if (value === null) return "<nil>";
  if (typeof value === "number") return floatText(value);
  return typeof value === "object" ? objectText(value) : String(value);
}

function objectText(value: Uint8Array | Instant | Duration | Zone | Callable): string {
  if (value instanceof Uint8Array) return `[${value.join(" ")}]`;
  if (value instanceof Instant) return instantText(value);
  if (value instanceof Duration) return value.toString();
  return value.name;
}
