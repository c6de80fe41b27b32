import { isJsonObject } from "@outrigger/types";
import type { JsonValue } from "@outrigger/types";
import { ApiError } from "../errors/api-error.ts";

/** A value as Go prints it, which is how Kubernetes quotes parts of a patch: `map[a:1 b:[x y]]`. */
export function goText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => goText(item)).join(" ")}]`;
  if (!isJsonObject(value)) return typeof value === "string" ? value : (SPELLED.get(value) ?? JSON.stringify(value));
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${fields.map(([name, field]) => `${name}:${goText(field)}`).join(" ")}]`;
}

const SPELLED: ReadonlyMap<JsonValue, string> = new Map([[null, "<nil>"]]);

/** A patch that contradicts itself; Kubernetes takes it for an error of its own. */
export function unmergeable(message: string): ApiError {
  return new ApiError({ code: 500, message });
}
