import { Arguments } from "../arguments.ts";
import { Callable } from "../value.ts";
import type { Value } from "../value.ts";
import { Duration } from "./duration.ts";
import { floorDivide, Instant } from "./instant.ts";
import { dayOfYear, formatInstant, instantText } from "./layout.ts";
import { Zone } from "./zone.ts";

type Method<T> = (self: T, args: Arguments) => Value;

const INSTANT: ReadonlyMap<string, Method<Instant>> = new Map<string, Method<Instant>>([
  ["Year", ({ local }) => BigInt(local.getUTCFullYear())],
  ["Month", ({ local }) => BigInt(local.getUTCMonth() + 1)],
  ["Day", ({ local }) => BigInt(local.getUTCDate())],
  ["Hour", ({ local }) => BigInt(local.getUTCHours())],
  ["Minute", ({ local }) => BigInt(local.getUTCMinutes())],
  ["Second", ({ local }) => BigInt(local.getUTCSeconds())],
  ["Nanosecond", ({ nanosecondOfSecond }) => BigInt(nanosecondOfSecond)],
  ["Weekday", ({ local }) => BigInt(local.getUTCDay())],
  ["YearDay", ({ local }) => BigInt(dayOfYear(local))],
  ["Unix", ({ nanoseconds }) => floorDivide(nanoseconds, 1_000_000_000n)],
  ["UnixMilli", ({ nanoseconds }) => floorDivide(nanoseconds, 1_000_000n)],
  ["UnixMicro", ({ nanoseconds }) => floorDivide(nanoseconds, 1_000n)],
  ["UnixNano", ({ nanoseconds }) => nanoseconds],
  ["Format", (self, args) => formatInstant(self, args.text(0))],
  ["In", (self, args) => self.in(args.instance(0, Zone, "a time zone"))],
  ["UTC", (self) => self.in(Zone.utc)],
  ["Add", (self, args) => self.plus(args.instance(0, Duration, "a duration"))],
  ["AddDate", addDate],
  ["Sub", (self, args) => new Duration(self.nanoseconds - other(args).nanoseconds)],
  ["Before", (self, args) => self.nanoseconds < other(args).nanoseconds],
  ["After", (self, args) => self.nanoseconds > other(args).nanoseconds],
  ["Equal", (self, args) => self.nanoseconds === other(args).nanoseconds],
  ["String", instantText],
]);

const DURATION: ReadonlyMap<string, Method<Duration>> = new Map<string, Method<Duration>>([
  ["Hours", ({ nanoseconds }) => Number(nanoseconds) / 3.6e12],
  ["Minutes", ({ nanoseconds }) => Number(nanoseconds) / 6e10],
  ["Seconds", ({ nanoseconds }) => Number(nanoseconds) / 1e9],
  ["Milliseconds", ({ nanoseconds }) => nanoseconds / 1_000_000n],
  ["Microseconds", ({ nanoseconds }) => nanoseconds / 1_000n],
  ["Nanoseconds", ({ nanoseconds }) => nanoseconds],
  ["Abs", ({ nanoseconds }) => new Duration(nanoseconds < 0n ? -nanoseconds : nanoseconds)],
  ["Truncate", (self, args) => truncated(self, args.instance(0, Duration, "a duration"))],
  ["String", (self) => self.toString()],
]);

/** A method of a time, a duration or a zone, such as `now().Year`; undefined if there is none of that name. */
export function methodOf(self: Value, name: string): Callable | undefined {
  if (self instanceof Instant) return bound(name, self, INSTANT.get(name));
  if (self instanceof Duration) return bound(name, self, DURATION.get(name));
  return self instanceof Zone && name === "String" ? bound(name, self, ({ name }) => name) : undefined;
}

function bound<T>(name: string, self: T, method: Method<T> | undefined): Callable | undefined {
  return method && new Callable(name, (args) => method(self, new Arguments(name, args)));
}

function other(args: Arguments): Instant {
  return args.instance(0, Instant, "a time");
}

function addDate({ local, zone, nanosecondOfSecond }: Instant, args: Arguments): Value {
  const [years, months, days] = [args.whole(0), args.whole(1), args.whole(2)];
  const moved = new Date(local);
  moved.setUTCFullYear(local.getUTCFullYear() + years, local.getUTCMonth() + months, local.getUTCDate() + days);
  const seconds = Math.floor(zone.instantOf(moved.getTime()) / 1_000);
  return new Instant(BigInt(seconds) * 1_000_000_000n + BigInt(nanosecondOfSecond), zone);
}

function truncated({ nanoseconds }: Duration, { nanoseconds: unit }: Duration): Duration {
  return new Duration(unit <= 0n ? nanoseconds : nanoseconds - (nanoseconds % unit));
}
