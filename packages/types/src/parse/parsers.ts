import { describe, isJsonObject } from "./json.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { failure, ok } from "./result.ts";
import type { Issue, Result } from "./result.ts";

/** Turns an unknown value into a typed one; `path` is the value's place, for messages. */
export type Parser<T> = (value: unknown, path: string) => Result<T>;

function mustBe(what: string, value: unknown, path: string, hint = ""): Result<never> {
  return failure(path, `must be ${what}, not ${describe(value)}${hint}`);
}

// Plain `n`, `y`, `no`, `on` are booleans in YAML 1.1, which Kubernetes' tools read: the usual cause of a boolean where a name should be.
const QUOTE_IT = " (quote it: YAML reads a plain n, y, no, yes, on, off or number as something other than text)";

export const string: Parser<string> = (value, path) => {
  if (typeof value === "string") return ok(value);
  const scalar = typeof value === "boolean" || typeof value === "number";
  return mustBe("a string", value, path, scalar ? QUOTE_IT : "");
};

/** Argo's AnyString: numbers, booleans and objects are taken and kept as text (`2` becomes "2", an object compact JSON). */
export const anyString: Parser<string> = (value, path) => {
  if (typeof value === "string") return ok(value);
  if (value === undefined || value === null) return mustBe("a value", value, path);
  return ok(JSON.stringify(value));
};

export const boolean: Parser<boolean> = (value, path) =>
  typeof value === "boolean" ? ok(value) : mustBe("true or false", value, path);

export const integer: Parser<number> = (value, path) =>
  typeof value === "number" && Number.isInteger(value) ? ok(value) : mustBe("a whole number", value, path);

/** Kubernetes' IntOrString, kept as text. */
export const intOrString: Parser<string> = (value, path) => {
  if (typeof value === "string") return ok(value);
  return typeof value === "number" && Number.isInteger(value)
    ? ok(String(value))
    : mustBe("a whole number or a string", value, path);
};

export const json: Parser<JsonValue> = (value, path) =>
  value === undefined || typeof value === "function" ? mustBe("a JSON value", value, path) : ok(value as JsonValue);

export const jsonObject: Parser<JsonObject> = (value, path) =>
  isJsonObject(value) ? ok(value) : mustBe("an object", value, path);

export function oneOf<const T extends string>(...allowed: readonly T[]): Parser<T> {
  return (value, path) => {
    const found = allowed.find((candidate) => candidate === value);
    return found === undefined ? mustBe(`one of ${allowed.join(", ")}`, value, path) : ok(found);
  };
}

export function list<T>(item: Parser<T>): Parser<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return mustBe("a list", value, path);
    const collect = collector();
    const items = value.map((element: unknown, index) => collect.take(item(element, `${path}[${index}]`)));
    return collect.finish(items as T[]);
  };
}

/** A map with free keys, such as labels. */
export function record<T>(item: Parser<T>): Parser<Readonly<Record<string, T>>> {
  return (value, path) => {
    if (!isJsonObject(value)) return mustBe("an object", value, path);
    const collect = collector();
    const entries = Object.entries(value).map(([key, element]) => [
      key,
      collect.take(item(element, childPath(path, key))),
    ]);
    return collect.finish(Object.fromEntries(entries) as Record<string, T>);
  };
}

/** Defers to a parser that is defined later: for types that contain themselves. */
export function lazy<T>(parser: () => Parser<T>): Parser<T> {
  return (value, path) => parser()(value, path);
}

/** Runs `check` on a value that has the right shape; it answers what is wrong, or nothing. */
export function refine<T>(parser: Parser<T>, check: (value: T) => string | undefined): Parser<T> {
  return (value, path) => {
    const parsed = parser(value, path);
    const problem = parsed.ok ? check(parsed.value) : undefined;
    return problem === undefined ? parsed : failure(path, problem);
  };
}

export function map<A, B>(parser: Parser<A>, change: (value: A) => B): Parser<B> {
  return (value, path) => {
    const parsed = parser(value, path);
    return parsed.ok ? ok(change(parsed.value)) : parsed;
  };
}

type Shape<T> = { readonly [K in keyof T]-?: Parser<Exclude<T[K], undefined>> };
type RequiredKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];

export interface ObjectOptions<T> {
  readonly required?: readonly RequiredKeys<T>[];
  /** What happens to fields that the shape does not name: kept as they are (the default), or an issue each. */
  readonly unknown?: "keep" | "error";
}

/**
 * An object with known fields. A field that is absent or null counts as not given (Kubernetes' rule); the fields in `required`
 * must be given. Unknown fields are carried along untouched, so that an object survives being read and written back.
 */
export function object<T extends object>(shape: Shape<T>, options: ObjectOptions<T> = {}): Parser<T> {
  const known = new Map<string, Parser<unknown>>(Object.entries(shape));
  return (value, path) => {
    if (!isJsonObject(value)) return mustBe("an object", value, path);
    const collect = collector();
    const result: Record<string, unknown> = {};
    // In the order in which they were written: people read an object that is written back.
    for (const [name, field] of Object.entries(value)) {
      const parser = known.get(name);
      if (parser === undefined) {
        if (options.unknown === "error") collect.add(childPath(path, name), unknownField(name, known));
        else result[name] = field;
      } else if (field != null) result[name] = collect.take(parser(field, childPath(path, name)));
    }
    for (const name of options.required ?? []) {
      if (value[String(name)] == null) collect.add(childPath(path, String(name)), "is required");
    }
    return collect.finish(result as T);
  };
}

function unknownField(name: string, known: ReadonlyMap<string, unknown>): string {
  const close = [...known.keys()].find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return close === undefined
    ? `is not a known field (known: ${[...known.keys()].join(", ")})`
    : `is not a known field; did you mean ${close}?`;
}

export function childPath(path: string, key: string): string {
  const name = /^[A-Za-z_][\w-]*$/.test(key) ? key : `["${key}"]`;
  if (path === "") return name;
  return name.startsWith("[") ? `${path}${name}` : `${path}.${name}`;
}

interface Collector {
  readonly add: (path: string, message: string) => void;
  readonly take: <T>(result: Result<T>) => T | undefined;
  readonly finish: <T>(value: T) => Result<T>;
}

// Gathers the issues of many parts, so that a user sees everything that is wrong at once.
function collector(): Collector {
  const issues: Issue[] = [];
  return {
    add: (path, message) => void issues.push({ path, message }),
    take: (result) => {
      if (result.ok) return result.value;
      issues.push(...result.issues);
      return undefined;
    },
    finish: (value) => (issues.length === 0 ? ok(value) : { ok: false, issues }),
  };
}
