import { isJsonObject } from "@outrigger/types";
import type { JsonValue, Sequence, TemplateCall } from "@outrigger/types";
import { compareText, goJson, sortedKeys } from "../expressions/go-json.ts";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { own } from "../own.ts";
import type { Scope } from "../scope/scope.ts";

/** One value that a loop goes through. */
export type Item = Exclude<JsonValue, null>;

// Guards against a typing error that would make the controller hold a million nodes.
const MAX_ITEMS = 100_000;

export function isLoop(call: TemplateCall): boolean {
  return (call.withItems?.length ?? 0) > 0 || (call.withParam ?? "") !== "" || call.withSequence !== undefined;
}

/** The items of a loop, its tags replaced. */
export function itemsOf(call: TemplateCall, scope: Scope, place: string): Outcome<readonly Item[]> {
  const substitution = new Substitution(scope);
  const items = readItems(call, substitution, place);
  return substitution.problem === undefined ? items : failed(substitution.problem);
}

function readItems(call: TemplateCall, substitution: Substitution, place: string): Outcome<readonly Item[]> {
  if (call.withItems !== undefined && call.withItems.length > 0) {
    const items = call.withItems.map((item, index) => substitution.json(item, `${place}.withItems[${index}]`));
    return checkItems(items, "withItems");
  }
  if (call.withParam !== undefined && call.withParam !== "") {
    return itemsFromJson(substitution.text(call.withParam, `${place}.withParam`));
  }
  return itemsFromSequence(call.withSequence ?? {}, substitution, place);
}

function itemsFromJson(text: string): Outcome<readonly Item[]> {
  let items: unknown;
  try {
    items = JSON.parse(text, keepLargeIntegers);
  } catch {
    return failed(`withParam value could not be parsed as a JSON list: ${text.trim()}`);
  }
  if (!Array.isArray(items)) return failed(`withParam value is JSON, but no list: ${text.trim()}`);
  return checkItems(items as JsonValue[], "withParam");
}

// An id of twenty digits would lose its last ones as a number: it stays text.
function keepLargeIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const exact = typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value);
  return exact ? value : (context?.source ?? value);
}

function checkItems(items: readonly JsonValue[], field: string): Outcome<readonly Item[]> {
  if (items.length > MAX_ITEMS) return failed(`${field} has ${items.length} items; at most ${MAX_ITEMS} are possible`);
  const index = items.indexOf(null);
  if (index >= 0)
    return failed(`${field}[${index}] is null: an item is text, a number, true, false, a list or an object`);
  return succeeded(items as readonly Item[]);
}

function itemsFromSequence(sequence: Sequence, substitution: Substitution, place: string): Outcome<readonly Item[]> {
  const number = (field: "start" | "end" | "count"): number | undefined => {
    const text = sequence[field];
    return text === undefined ? undefined : wholeNumber(substitution.text(text, `${place}.withSequence.${field}`));
  };
  const [start = 0, end, count] = [number("start"), number("end"), number("count")];
  if ([start, end, count].some(Number.isNaN)) return failed("withSequence: start, end and count must be whole numbers");
  const last = end ?? lastOf(start, count);
  if (last === undefined) return failed("withSequence needs end or count, and count must not be negative");
  if (end === undefined && count === 0) return succeeded([]);
  return countThrough(start, last, formatterOf(sequence.format ?? "%d", substitution, place));
}

function wholeNumber(text: string): number {
  return /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

function lastOf(start: number, count: number | undefined): number | undefined {
  return count === undefined || count < 0 ? undefined : start + count - 1;
}

function countThrough(
  start: number,
  end: number,
  format: ((value: number) => string) | undefined,
): Outcome<readonly Item[]> {
  if (format === undefined) return failed("withSequence.format must hold one verb for a whole number, such as n%03d");
  const length = Math.abs(end - start) + 1;
  if (length > MAX_ITEMS) return failed(`withSequence makes ${length} items; at most ${MAX_ITEMS} are possible`);
  const step = start <= end ? 1 : -1;
  return succeeded(Array.from({ length }, (_, index) => format(start + index * step)));
}

const BASES: Readonly<Record<string, number>> = { d: 10, v: 10, x: 16, X: 16, o: 8, b: 2 };

function formatterOf(
  written: string,
  substitution: Substitution,
  place: string,
): ((value: number) => string) | undefined {
  const text = substitution.text(written, `${place}.withSequence.format`);
  const verbs = [...text.matchAll(/%(?:%|([-+0 ]*)(\d*)([dvxXob]))/g)];
  const plain = text.replaceAll(/%(?:%|[-+0 ]*\d*[dvxXob])/g, "");
  const verb = verbs.find((match) => match[3] !== undefined);
  if (verb === undefined || plain.includes("%") || verbs.filter((match) => match[3] !== undefined).length > 1)
    return undefined;
  return (value) =>
    text.replaceAll(/%(?:%|[-+0 ]*\d*[dvxXob])/g, (match) => (match === "%%" ? "%" : formatNumber(value, verb)));
}

function formatNumber(value: number, [, flags = "", width = "", verb = "d"]: RegExpExecArray): string {
  const digits = Math.abs(value).toString(BASES[verb] ?? 10);
  const shown = verb === "X" ? digits.toUpperCase() : digits;
  const sign = signOf(value, flags);
  const missing = Math.min(Number(width), 100) - sign.length - shown.length;
  if (missing <= 0) return sign + shown;
  if (flags.includes("-")) return sign + shown + " ".repeat(missing);
  return flags.includes("0") ? sign + "0".repeat(missing) + shown : " ".repeat(missing) + sign + shown;
}

function signOf(value: number, flags: string): string {
  if (value < 0) return "-";
  if (flags.includes("+")) return "+";
  return flags.includes(" ") ? " " : "";
}

/** `{{item}}`, and `{{item.<key>}}` where it is an object. */
export function itemScope(item: Item, iteration = ""): Scope {
  return {
    seed: iteration,
    get(name) {
      if (name === "item") return itemText(item);
      if (!name.startsWith("item.") || !isJsonObject(item)) return undefined;
      const value = own(item, name.slice("item.".length));
      return value === undefined ? undefined : itemText(value);
    },
    names: () => ["item", ...(isJsonObject(item) ? Object.keys(item).map((key) => `item.${key}`) : [])],
  };
}

function itemText(item: JsonValue): string {
  if (typeof item === "string") return item;
  return goJson(isJsonObject(item) ? sortedKeys(item) : item);
}

/** The name of an iteration: `each(0:red)`, `each(1:name:oak,size:2)`. */
export function iterationName(name: string, index: number, item: Item): string {
  return `${name}(${index}:${describeItem(item).replaceAll(/[()]/g, "")})`;
}

function describeItem(item: Item): string {
  if (Array.isArray(item)) return `[${item.map(nestedText).join(" ")}]`;
  if (!isJsonObject(item)) return nestedText(item);
  const parts = Object.entries(item).map(([key, value]) => `${key}:${nestedText(value)}`);
  return parts.sort(compareText).join(",");
}

// Text shows without its quotes, yet escaped as in JSON.
function nestedText(value: JsonValue): string {
  const text = JSON.stringify(value);
  return typeof value === "string" ? text.slice(1, -1) : text;
}
