import { Instant } from "./instant.ts";
import { DAYS, MONTHS, partsOfLayout } from "./layout.ts";
import type { LayoutPart } from "./layout.ts";
import { Zone } from "./zone.ts";

interface Fields {
  year: number;
  month: number;
  day: number;
  dayOfYear: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  afternoon: boolean | undefined;
  offsetMs: number | undefined;
  zone: string | undefined;
}

interface Reader {
  readonly pattern: string;
  /** False if the text is not a value of the field. */
  readonly read: (fields: Fields, text: string) => boolean;
}

const NUMERIC: ReadonlyMap<string, Reader> = new Map([
  ["2006", numeric("\\d{4}", "year")],
  ["01", numeric("\\d{2}", "month")],
  ["1", numeric("\\d{1,2}", "month")],
  ["02", numeric("\\d{2}", "day")],
  ["2", numeric("\\d{1,2}", "day")],
  ["_2", numeric(" ?\\d{1,2}", "day")],
  ["002", numeric("\\d{3}", "dayOfYear")],
  ["__2", numeric(" {0,2}\\d{1,3}", "dayOfYear")],
  ["15", numeric("\\d{1,2}", "hour")],
  ["03", numeric("\\d{2}", "hour")],
  ["3", numeric("\\d{1,2}", "hour")],
  ["04", numeric("\\d{2}", "minute")],
  ["4", numeric("\\d{1,2}", "minute")],
]);

const OTHERS: ReadonlyMap<string, Reader> = new Map([
  [
    "06",
    {
      pattern: "\\d{2}",
      read: (fields, text) => set(fields, "year", Number(text) + (Number(text) >= 69 ? 1900 : 2000)),
    },
  ],
  ["January", named(MONTHS, (fields, index) => set(fields, "month", index + 1))],
  ["Jan", named(shortened(MONTHS), (fields, index) => set(fields, "month", index + 1))],
  ["Monday", named(DAYS, () => true)],
  ["Mon", named(shortened(DAYS), () => true)],
  ["PM", { pattern: "AM|PM", read: (fields, text) => set(fields, "afternoon", text === "PM") }],
  ["pm", { pattern: "am|pm", read: (fields, text) => set(fields, "afternoon", text === "pm") }],
  ["MST", { pattern: "[A-Z]{3,5}|[+-]\\d{2}", read: (fields, text) => set(fields, "zone", text) }],
  ["05", { pattern: "\\d{2}(?:[.,]\\d+)?", read: readSeconds }],
  ["5", { pattern: "\\d{1,2}(?:[.,]\\d+)?", read: readSeconds }],
]);

/** The time that a text says in a layout; undefined if it says none. Without a zone in the text, it is told in `zone`. */
export function parseInstant(layout: string, text: string, zone: Zone = Zone.utc): Instant | undefined {
  const parts = partsOfLayout(layout);
  const readers = parts.flatMap((part) => (part.kind === "token" ? [readerOf(part.token)] : []));
  const match = patternOf(parts).exec(text);
  if (match === null) return undefined;
  const fields = blank();
  const read = readers.every((reader, index) => reader.read(fields, match[index + 1] ?? ""));
  return read && isTime(fields) ? instantOf(fields, zone) : undefined;
}

function patternOf(parts: readonly LayoutPart[]): RegExp {
  const sources = parts.map((part) =>
    part.kind === "text" ? escaped(part.text) : `(${readerOf(part.token).pattern})`,
  );
  return new RegExp(`^${sources.join("")}$`);
}

function readerOf(token: string): Reader {
  const known = NUMERIC.get(token) ?? OTHERS.get(token);
  if (known !== undefined) return known;
  if (/^[-Z]/.test(token)) return offsetReader(token);
  // Digits behind the second were read with it.
  return token.includes("9") ? { pattern: "", read: () => true } : fractionReader(token);
}

function fractionReader(token: string): Reader {
  return { pattern: `(?<=[.,]\\d{${token.length - 1}})`, read: () => true };
}

function offsetReader(token: string): Reader {
  const digits = token.slice(1).replaceAll(/\d/g, "\\d");
  const pattern = token.startsWith("Z") ? `Z|[+-]${digits}` : `[+-]${digits}`;
  return { pattern, read: (fields, text) => set(fields, "offsetMs", offsetOf(text)) };
}

function offsetOf(text: string): number {
  if (text === "Z") return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (text.match(/\d\d/g) ?? []).map(Number);
  return (text.startsWith("-") ? -1_000 : 1_000) * (hours * 3_600 + minutes * 60 + seconds);
}

function readSeconds(fields: Fields, text: string): boolean {
  const [second = "", fraction = ""] = text.split(/[.,]/);
  fields.second = Number(second);
  fields.nanosecond = Number(fraction.slice(0, 9).padEnd(9, "0"));
  return true;
}

function numeric(pattern: string, field: "year" | "month" | "day" | "dayOfYear" | "hour" | "minute"): Reader {
  return { pattern, read: (fields, text) => set(fields, field, Number(text)) };
}

function named(names: readonly string[], found: (fields: Fields, index: number) => boolean): Reader {
  const lower = names.map((name) => name.toLowerCase());
  return {
    pattern: "[A-Za-z]+",
    read: (fields, text) => {
      const index = lower.indexOf(text.toLowerCase());
      return index >= 0 && found(fields, index);
    },
  };
}

function shortened(names: readonly string[]): readonly string[] {
  return names.map((name) => name.slice(0, 3));
}

function set<Field extends keyof Fields>(fields: Fields, field: Field, value: Fields[Field]): true {
  fields[field] = value;
  return true;
}

function blank(): Fields {
  return {
    year: 0,
    month: 1,
    day: 1,
    dayOfYear: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    afternoon: undefined,
    offsetMs: undefined,
    zone: undefined,
  };
}

function isTime({ year, month, day, hour, minute, second }: Fields): boolean {
  const inClock = hour < 24 && minute < 60 && second < 60;
  return inClock && month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function instantOf(fields: Fields, zone: Zone): Instant {
  const local = new Date(0);
  const month = fields.dayOfYear === undefined ? fields.month - 1 : 0;
  local.setUTCFullYear(fields.year, month, fields.dayOfYear ?? fields.day);
  local.setUTCHours(hourOf(fields), fields.minute, fields.second);
  const target = zoneOf(fields, zone, local.getTime());
  const timeMs = target.instantOf(local.getTime());
  return new Instant(BigInt(timeMs) * 1_000_000n + BigInt(fields.nanosecond), target);
}

function hourOf({ hour, afternoon }: Fields): number {
  if (afternoon === undefined) return hour;
  return (hour % 12) + (afternoon ? 12 : 0);
}

// An offset that the expected zone has at that time means that zone.
function zoneOf({ offsetMs, zone: name }: Fields, zone: Zone, localMs: number): Zone {
  if (offsetMs !== undefined) {
    if (offsetMs === 0) return Zone.utc;
    return zone.offsetMsAt(localMs - offsetMs) === offsetMs ? zone : Zone.fixed(offsetMs, name);
  }
  if (name === undefined || name === zone.abbreviationAt(localMs)) return zone;
  return name === "UTC" ? Zone.utc : Zone.fixed(0, name);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
