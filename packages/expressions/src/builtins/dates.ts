import type { Arguments } from "../arguments.ts";
import { ExpressionError } from "../error.ts";
import { Duration } from "../time/duration.ts";
import { Instant } from "../time/instant.ts";
import { parseInstant } from "../time/parse-layout.ts";
import { Zone } from "../time/zone.ts";
import type { CallContext, Value } from "../value.ts";
import type { Functions } from "./builtin.ts";

const LAYOUTS = [
  "2006-01-02",
  "15:04:05",
  "2006-01-02 15:04:05",
  "2006-01-02T15:04:05Z07:00",
  "02 Jan 06 15:04 MST",
  "Monday, 02-Jan-06 15:04:05 MST",
  "Mon, 02 Jan 2006 15:04:05 MST",
];

export const DATES: Functions = [
  ["now", now],
  ["duration", (args) => durationOf(args.text(0))],
  ["date", date],
  ["timezone", (args) => zoneOf(args.text(0))],
];

function now(args: Arguments, { nowMs }: CallContext): Value {
  return Instant.ofMs(nowMs, args.length === 0 ? Zone.utc : args.instance(0, Zone, "a time zone"));
}

function durationOf(text: string): Duration {
  const parsed = Duration.parse(text);
  if (parsed === undefined) throw new ExpressionError(`${JSON.stringify(text)} is not a duration such as 1h30m`);
  return parsed;
}

export function zoneOf(name: string): Zone {
  const zone = Zone.named(name);
  if (zone === undefined) throw new ExpressionError(`there is no time zone ${JSON.stringify(name)}`);
  return zone;
}

// date(text), date(text, layout), date(text, layout, zone's name), each with a zone before it or not.
function date(args: Arguments): Value {
  const [first] = args.values;
  const inZone = first instanceof Zone;
  const [text = "", layout, zoneName] = args.values
    .slice(inZone ? 1 : 0)
    .map((_, index) => args.text(inZone ? index + 1 : index));
  const zone = zoneName === undefined ? (inZone ? first : Zone.utc) : zoneOf(zoneName);
  for (const candidate of layout === undefined ? LAYOUTS : [layout]) {
    const parsed = parseInstant(candidate, text, zone);
    if (parsed !== undefined) return parsed;
  }
  throw new ExpressionError(`${JSON.stringify(text)} is not a date${layout === undefined ? "" : ` like ${layout}`}`);
}
