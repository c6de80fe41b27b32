import type { Arguments } from "../arguments.ts";
import type { Functions } from "../builtins/builtin.ts";
import { zoneOf } from "../builtins/dates.ts";
import { ExpressionError } from "../error.ts";
import { Duration } from "../time/duration.ts";
import { Instant } from "../time/instant.ts";
import { formatInstant } from "../time/layout.ts";
import { parseInstant } from "../time/parse-layout.ts";
import { Zone } from "../time/zone.ts";
import type { CallContext, Value } from "../value.ts";
import { castInt } from "./cast.ts";

/** Where Go would take the zone of the machine, this takes UTC: a workflow must not depend on where its controller runs. */
export const SPRIG_DATES: Functions = [
  ["now", (_args, { nowMs }) => Instant.ofMs(nowMs)],
  ["date", (args, context) => formatInstant(instant(args.at(1), context).in(Zone.utc), args.text(0))],
  ["dateInZone", (args, context) => formatInstant(instant(args.at(1), context).in(zoneOf(args.text(2))), args.text(0))],
  ["dateModify", (args) => args.instance(1, Instant, "a time").plus(span(args.text(0)))],
  ["htmlDate", (args, context) => formatInstant(instant(args.at(0), context), "2006-01-02")],
  ["unixEpoch", (args) => String(Math.floor(args.instance(0, Instant, "a time").timeMs / 1_000))],
  ["toDate", toDate],
  ["duration", (args) => new Duration(castInt(args.at(0)) * 1_000_000_000n).toString()],
];

// A time, or seconds since 1970; anything else is now.
function instant(value: Value, { nowMs }: CallContext): Instant {
  if (value instanceof Instant) return value;
  return typeof value === "bigint" ? Instant.ofMs(Number(value) * 1_000) : Instant.ofMs(nowMs);
}

function span(text: string): Duration {
  const parsed = Duration.parse(text);
  if (parsed === undefined) throw new ExpressionError(`${JSON.stringify(text)} is not a duration such as 1h30m`);
  return parsed;
}

function toDate(args: Arguments): Value {
  const parsed = parseInstant(args.text(0), args.text(1));
  if (parsed === undefined)
    throw new ExpressionError(`${JSON.stringify(args.text(1))} is not a date like ${args.text(0)}`);
  return parsed;
}
