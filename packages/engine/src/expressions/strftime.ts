import { own } from "../own.ts";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const FORMATS: Readonly<Record<string, (time: Date) => string>> = {
  B: (time) => MONTHS[time.getUTCMonth()] ?? "",
  b: (time) => (MONTHS[time.getUTCMonth()] ?? "").slice(0, 3),
  m: (time) => two(time.getUTCMonth() + 1),
  A: (time) => DAYS[time.getUTCDay()] ?? "",
  a: (time) => (DAYS[time.getUTCDay()] ?? "").slice(0, 3),
  d: (time) => two(time.getUTCDate()),
  H: (time) => two(time.getUTCHours()),
  I: (time) => two(time.getUTCHours() % 12 || 12),
  M: (time) => two(time.getUTCMinutes()),
  S: (time) => two(time.getUTCSeconds()),
  Y: (time) => String(time.getUTCFullYear()),
  y: (time) => two(time.getUTCFullYear() % 100),
  p: (time) => (time.getUTCHours() < 12 ? "AM" : "PM"),
  Z: () => "UTC",
  z: () => "+0000",
  L: (time) => `.${String(time.getUTCMilliseconds()).padStart(3, "0")}`,
};

export const STRFTIME_LETTERS = Object.keys(FORMATS);

/** One letter of strftime, such as `Y`, for a time in UTC; undefined for a letter that means nothing. */
export function strftime(letter: string, timeMs: number): string | undefined {
  return own(FORMATS, letter)?.(new Date(timeMs));
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
