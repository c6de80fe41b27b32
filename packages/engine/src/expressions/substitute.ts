import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { ABSENT } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import { evaluateTag } from "./expression-tag.ts";
import { isExpressionTag, mayHaveTags, replaceTags } from "./tags.ts";

// What a tag of a call begins with when it must be one of ours. Other text in double braces is someone else's (Helm, Jinja) and stays.
const OWN_ROOTS: ReadonlySet<string> = new Set(["steps", "tasks", "inputs"]);

/**
 * Replaces tags and keeps account of those that could not be. One of these is made for one place of a Workflow; `problem` is the
 * first thing that went wrong.
 */
export class Substitution {
  readonly #scope: Scope;
  readonly #strict: boolean;
  #problem: string | undefined;

  /** Strict: a tag that looks like ours and is not known is a problem, not text. */
  constructor(scope: Scope, strictness: "strict" | "lenient" = "strict") {
    this.#scope = scope;
    this.#strict = strictness === "strict";
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** `place`: where the text stands, for the message. */
  text(text: string, place: string): string {
    return replaceTags(text, (name, source) => {
      if (isExpressionTag(name)) return this.#expression(name, source, place);
      const value = this.#scope.get(name);
      if (typeof value === "string") return value;
      if (value === ABSENT)
        this.#note(`${inPlace(name, place)}: its node was skipped or omitted and no default is declared`);
      else if (this.#strict && this.#isOurs(name))
        this.#note(`${inPlace(name, place)}; ${knownHere(name, this.#scope)}`);
      return source;
    });
  }

  /** All texts within a JSON value, keys of objects included. What has no tags is handed back as it is. */
  json(value: JsonValue, place: string): JsonValue {
    if (typeof value === "string") return this.text(value, place);
    if (Array.isArray(value)) return this.#list(value, place);
    return isJsonObject(value) ? this.#object(value, place) : value;
  }

  #list(list: readonly JsonValue[], place: string): JsonValue {
    const items = list.map((item, index) => (isPlain(item) ? item : this.json(item, `${place}[${index}]`)));
    return items.every((item, index) => item === list[index]) ? list : items;
  }

  #object(object: JsonObject, place: string): JsonValue {
    let changed = false;
    const entries: [string, JsonValue][] = [];
    for (const [key, item] of Object.entries(object)) {
      const entry: [string, JsonValue] = [
        this.text(key, place),
        isPlain(item) ? item : this.json(item, `${place}.${key}`),
      ];
      changed ||= entry[0] !== key || entry[1] !== item;
      entries.push(entry);
    }
    return changed ? Object.fromEntries(entries) : object;
  }

  // Names that are missing may be someone else's, or come to be known later; all else that goes wrong with an expression is a mistake.
  #expression(tag: string, source: string, place: string): string {
    const result = evaluateTag(tag, this.#scope, place);
    if (result.kind === "text") return result.text;
    if (result.kind === "problem") this.#note(result.message);
    else if (this.#strict && this.#isOurs(result.name))
      this.#note(`unable to resolve ${result.name} of {{${tag}}} in ${place}; ${knownHere(result.name, this.#scope)}`);
    return source;
  }

  // `item` means something within a loop only; elsewhere it may be, say, Ansible's.
  #isOurs(name: string): boolean {
    const root = rootOf(name);
    return OWN_ROOTS.has(root) || (root === "item" && this.#scope.get("item") !== undefined);
  }

  #note(problem: string): void {
    this.#problem ??= problem;
  }
}

function isPlain(value: JsonValue): boolean {
  return value === null || (typeof value === "string" ? !mayHaveTags(value) : typeof value !== "object");
}

function inPlace(name: string, place: string): string {
  return `unable to resolve {{${name}}} in ${place}`;
}

function rootOf(name: string): string {
  return name.split(".", 1)[0] ?? "";
}

const MAX_NAMES = 8;

/** Which names come closest: those that share the longest beginning. */
export function knownHere(wanted: string, scope: Scope): string {
  const known = [...new Set(scope.names())];
  for (let end = wanted.lastIndexOf("."); end > 0; end = wanted.lastIndexOf(".", end - 1)) {
    const near = known.filter((name) => name.startsWith(wanted.slice(0, end + 1)));
    if (near.length > 0)
      return `known here: ${near.slice(0, MAX_NAMES).join(", ")}${near.length > MAX_NAMES ? ", …" : ""}`;
  }
  return `nothing of that kind is known here`;
}
