import { floorDivide } from "./instant.ts";
import type { Instant } from "./instant.ts";

export const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
export const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const TOKEN =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|__2|_2(?!006)|2|3|4|5|PM|pm|[-Z]07(?::00:00|0000|:00|00)?|[.,](?:0+|9+)(?!\d)/g;

/** A layout is an example: the time 2006-01-02 15:04:05 in the zone MST, written as wanted. */
export type LayoutPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "token"; readonly token: string };

export function partsOfLayout(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let position = 0;
  for (const match of layout.matchAll(TOKEN)) {
    if (match.index > position) parts.push({ kind: "text", text: layout.slice(position, match.index) });
    parts.push({ kind: "token", token: match[0] });
    position = match.index + match[0].length;
  }
  if (position < layout.length) parts.push({ kind: "text", text: layout.slice(position) });
  return parts;
}

const WRITERS: ReadonlyMap<string, (local: Date) => string> = new Map([
  ["January", (local) => MONTHS[local.getUTCMonth()] ?? ""],
  ["Jan", (local) => (MONTHS[local.getUTCMonth()] ?? "").slice(0, 3)],
  ["1", (local) => String(local.getUTCMonth() + 1)],
  ["01", (local) => padded(local.getUTCMonth() + 1, 2)],
  ["Monday", (local) => DAYS[local.getUTCDay()] ?? ""],
  ["Mon", (local) => (DAYS[local.getUTCDay()] ?? "").slice(0, 3)],
  ["2", (local) => String(local.getUTCDate())],
  ["_2", (local) => String(local.getUTCDate()).padStart(2)],
  ["02", (local) => padded(local.getUTCDate(), 2)],
  ["__2", (local) => String(dayOfYear(local)).padStart(3)],
  ["002", (local) => padded(dayOfYear(local), 3)],
  ["15", (local) => padded(local.getUTCHours(), 2)],
  ["3", (local) => String(local.getUTCHours() % 12 || 12)],
  ["03", (local) => padded(local.getUTCHours() % 12 || 12, 2)],
  ["4", (local) => String(local.getUTCMinutes())],
  ["04", (local) => padded(local.getUTCMinutes(), 2)],
  ["5", (local) => String(local.getUTCSeconds())],
  ["05", (local) => padded(local.getUTCSeconds(), 2)],
  ["2006", (local) => padded(local.getUTCFullYear(), 4)],
  ["06", (local) => padded(local.getUTCFullYear() % 100, 2)],
  ["PM", (local) => (local.getUTCHours() < 12 ? "AM" : "PM")],
  ["pm", (local) => (local.getUTCHours() < 12 ? "am" : "pm")],
]);

export function formatInstant(instant: Instant, layout: string): string {
  const { local } = instant;
  return partsOfLayout(layout)
    .map((part) => (part.kind === "text" ? part.text : writeToken(part.token, instant, local)))
    .join("");
}

function writeToken(token: string, instant: Instant, local: Date): string {
  const writer = WRITERS.get(token);
  if (writer !== undefined) return writer(local);
  if (token === "MST") return zoneName(instant);
  if (/^[-Z]/.test(token)) return offsetText(instant.offsetMs, token);
  return fraction(instant.nanosecondOfSecond, token);
}

function zoneName(instant: Instant): string {
  const name = instant.zone.abbreviationAt(instant.timeMs);
  return name === "" ? offsetText(instant.offsetMs, "-0700") : name;
}

function offsetText(offsetMs: number, token: string): string {
  if (token.startsWith("Z") && offsetMs === 0) return "Z";
  const seconds = Math.abs(offsetMs) / 1_000;
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const digits = token.replaceAll(/\D/g, "").length / 2;
  const sign = offsetMs < 0 ? "-" : "+";
  return (
    sign +
    parts
      .slice(0, digits)
      .map((part) => padded(part, 2))
      .join(token.includes(":") ? ":" : "")
  );
}

// `.000` has as many digits as it has zeros; `.999` leaves out the last ones if they are zero.
function fraction(nanoseconds: number, token: string): string {
  const digits = padded(nanoseconds, 9).slice(0, token.length - 1);
  if (token.endsWith("0")) return `${token[0]}${digits}`;
  const shown = digits.replace(/0+$/, "");
  return shown === "" ? "" : `${token[0]}${shown}`;
}

/** As Go's `%v` shows a time. */
export function instantText(instant: Instant): string {
  return formatInstant(instant, "2006-01-02 15:04:05.999999999 -0700 MST");
}

/** As Go's JSON has a time. */
export function instantJson(instant: Instant): string {
  return formatInstant(instant, "2006-01-02T15:04:05.999999999Z07:00");
}

export function dayOfYear(local: Date): number {
  const start = new Date(local);
  start.setUTCMonth(0, 1);
  return Number(floorDivide(BigInt(local.getTime() - start.getTime()), 86_400_000n)) + 1;
}

function padded(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
