import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g;
const AGE = /^\d+(ms|s|m|h|d)(\d+[smh])?$/;
const RANDOM_SUFFIX = /((?:^|\/|")(?:[Gg]en[-_]|kube-api-access-)[\w.-]*?)[bcdfghjklmnpqrstvwxz2456789]{5}(?="|$|\b)/g;
const VERSION =
  /(resource version: |current: |\(|resourceVersion=|ResourceVersion in precondition: |in object meta: |record \()(\d+)/g;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Fields that the embedded server keeps differently on purpose (LIMITS.md), or that nobody fills in any more. */
const DROPPED: ReadonlySet<string> = new Set(["managedFields", "selfLink"]);

type Change = (field: JsonValue) => JsonValue;

/** Replaces what differs from run to run by names that stay; the same thing gets the same name throughout a transcript. */
export class Normaliser {
  readonly #names: [string, string][] = [];
  readonly #uids = new Map<string, string>();
  readonly #versions = new Map<string, string>();
  readonly #fields: ReadonlyMap<string, Change> = new Map<string, Change>([
    ["resourceVersion", (field) => this.#version(field)],
    ["continue", (field) => this.#continue(field)],
    ["cells", (field) => listOf(field).map((cell) => this.#cell(cell))],
    ["columnDefinitions", (field) => (field === null ? null : listOf(field).map(withoutDescription))],
    ["causes", (field) => this.#causes(listOf(field))],
  ]);

  /** What this run calls something, and what it is called in the transcript. */
  rename(text: string, name: string): void {
    this.#names.unshift([text, name]);
  }

  text(text: string): string {
    let result = text;
    for (const [from, to] of this.#names) result = result.replaceAll(from, to);
    result = result.replaceAll(UUID, (uid) => numbered(this.#uids, uid, "uid"));
    result = result.replaceAll(TIME, (time) => (isRecent(time) ? "<time>" : time));
    result = result.replaceAll(RANDOM_SUFFIX, "$1<random>");
    result = result.replaceAll(VERSION, (whole, lead: string, version: string) =>
      this.#versions.has(version) || lead !== "(" ? `${lead}${numbered(this.#versions, version, "version")}` : whole,
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
      .map(([name, field]): [string, JsonValue] => [
        this.text(name),
        this.#fields.get(name)?.(field) ?? this.value(field),
      ]);
    return Object.fromEntries(entries);
  }

  /** A bookmark is about a version; the server may fill the rest of the object as it likes. */
  #bookmark(object: JsonValue | undefined): JsonValue {
    const { kind = null, apiVersion = null, metadata = null } = isJsonObject(object) ? object : {};
    const { annotations = null } = isJsonObject(metadata) ? metadata : {};
    return this.value({ kind, apiVersion, metadata: { annotations } });
  }

  #version(field: JsonValue): JsonValue {
    const isVersion = typeof field === "string" && /^\d+$/.test(field);
    return isVersion ? numbered(this.#versions, field, "version") : this.value(field);
  }

  #continue(field: JsonValue): JsonValue {
    if (typeof field !== "string" || field === "") return field;
    this.rename(encodeURIComponent(field), "<continue>");
    return "<continue>";
  }

  #cell(cell: JsonValue): JsonValue {
    return typeof cell === "string" && AGE.test(cell) ? "<age>" : this.value(cell);
  }

  /** Go's maps have no order, so neither have the causes; and some things are checked more than once. */
  #causes(causes: readonly JsonValue[]): JsonValue {
    const unique = new Map(causes.map((cause) => this.value(cause)).map((cause) => [JSON.stringify(cause), cause]));
    return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cause]) => cause);
  }
}

function numbered(known: Map<string, string>, text: string, what: string): string {
  const name = known.get(text) ?? `<${what} ${known.size + 1}>`;
  known.set(text, name);
  return name;
}

function isRecent(time: string): boolean {
  return Math.abs(Date.parse(time) - Date.now()) < DAY_MS;
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function withoutDescription(column: JsonValue): JsonValue {
  if (!isJsonObject(column)) return column;
  const { description: _ours, ...rest } = column;
  return rest;
}
