import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g;
const RANDOM_SUFFIX = /((?:^|\/|")(?:[Gg]en[-_]|kube-api-access-)[\w.-]*?)[bcdfghjklmnpqrstvwxz2456789]{5}(?="|$|\b)/g;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Fields that say nothing about the server, or that the embedded one keeps differently on purpose (LIMITS.md). */
const DROPPED: ReadonlySet<string> = new Set(["managedFields", "selfLink"]);

/** Replaces what differs from run to run by names that stay; the same thing gets the same name throughout a transcript. */
export class Normaliser {
  readonly #names: ReadonlyMap<string, string>;
  readonly #uids = new Map<string, string>();
  readonly #versions = new Map<string, string>();
  readonly #extra: [string, string][] = [];

  /** `names`: what this run calls the namespace and the group. */
  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  add(text: string, name: string): void {
    this.#extra.push([text, name]);
  }

  text(text: string): string {
    let result = text;
    for (const [from, to] of [...this.#extra, ...this.#names]) result = result.replaceAll(from, to);
    result = result.replaceAll(UUID, (uid) => this.#number(this.#uids, uid, "uid"));
    result = result.replaceAll(TIME, (time) => (Math.abs(Date.parse(time) - Date.now()) < DAY_MS ? "<time>" : time));
    result = result.replaceAll(RANDOM_SUFFIX, "$1<random>");
    result = result.replaceAll(
      /(resource version: |current: |\(|resourceVersion=|ResourceVersion in precondition: |in object meta: |record \()(\d+)/g,
      (whole, lead: string, version: string) =>
        this.#versions.has(version) || lead !== "("
          ? `${lead}${this.#number(this.#versions, version, "version")}`
          : whole,
    );
    result = result.replace(/(too old resource version: \S+ \S* ?\()\d+/, "$1N");
    // The patched object as text: its fields have no order.
    result = result.replace(/patch: Invalid value: "\{.*\}": /s, 'patch: Invalid value: "{...}": ');
    return result.replace(/^Invalid value: "\{.*\}": /s, 'Invalid value: "{...}": ');
  }

  value(value: JsonValue): JsonValue {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.value(item));
    return isJsonObject(value) ? this.#object(value) : value;
  }

  #object(value: JsonObject): JsonObject {
    if (value["type"] === "BOOKMARK") return { type: "BOOKMARK", object: this.#bookmark(value["object"]) };
    const entries = Object.entries(value)
      .filter(([name]) => !DROPPED.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]): [string, JsonValue] => [this.text(name), this.#field(name, field)]);
    return Object.fromEntries(entries);
  }

  /** A bookmark is about a version; the server may fill the rest of the object as it likes. */
  #bookmark(object: JsonValue | undefined): JsonValue {
    const { kind = null, apiVersion = null, metadata = null } = isJsonObject(object) ? object : {};
    const { annotations = null } = isJsonObject(metadata) ? metadata : {};
    return this.value({ kind, apiVersion, metadata: { annotations } });
  }

  #field(name: string, field: JsonValue): JsonValue {
    if (name === "resourceVersion" && typeof field === "string" && /^\d+$/.test(field)) {
      return this.#number(this.#versions, field, "version");
    }
    if (name === "continue" && typeof field === "string" && field !== "") {
      this.add(encodeURIComponent(field), "<continue>");
      return "<continue>";
    }
    if (name === "cells" && Array.isArray(field)) return field.map((cell: JsonValue) => this.#cell(cell));
    if (name === "columnDefinitions" && Array.isArray(field))
      return field.map((each: JsonValue) => withoutDescription(each));
    if (name === "causes" && Array.isArray(field)) return this.#sortedCauses(field);
    return this.value(field);
  }

  #cell(cell: JsonValue): JsonValue {
    return typeof cell === "string" && /^\d+(ms|s|m|h|d)(\d+[smh])?$/.test(cell) ? "<age>" : this.value(cell);
  }

  /** Go's maps have no order, so neither have the causes; and some things are checked more than once. */
  #sortedCauses(causes: readonly JsonValue[]): JsonValue {
    const text = (cause: JsonValue): string => JSON.stringify(cause);
    const unique = new Map(causes.map((cause) => this.value(cause)).map((cause) => [text(cause), cause]));
    return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cause]) => cause);
  }

  #number(known: Map<string, string>, text: string, what: string): string {
    const name = known.get(text) ?? `<${what} ${known.size + 1}>`;
    known.set(text, name);
    return name;
  }
}

function withoutDescription(column: JsonValue): JsonValue {
  if (!isJsonObject(column)) return column;
  const { description: _ours, ...rest } = column;
  return rest;
}

/** A refusal with several causes: the message lists them in no order, so only what comes before the list counts. */
export function withoutCauseList(body: JsonValue): JsonValue {
  if (!isJsonObject(body) || body["kind"] !== "Status" || typeof body["message"] !== "string") return body;
  return { ...body, message: body["message"].replace(/ is invalid: \[.*\]$/s, " is invalid: [...]") };
}
