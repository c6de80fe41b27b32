import { wrapInt64 } from "../go/int.ts";

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const PIECE = /(?=\.?\d)(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
const SECOND = 1_000_000_000n;

/** A span of time in nanoseconds, written as Go writes it: `1h30m0s`. */
export class Duration {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = wrapInt64(nanoseconds);
  }

  static parse(text: string): Duration | undefined {
    const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
    if (rest === "0") return new Duration(0n);
    const total = rest === "" ? undefined : sumOf(rest);
    return total === undefined ? undefined : new Duration(sign === "-" ? -total : total);
  }

  toString(): string {
    const length = this.nanoseconds < 0n ? -this.nanoseconds : this.nanoseconds;
    return `${this.nanoseconds < 0n ? "-" : ""}${length < SECOND ? small(length) : large(length)}`;
  }
}

function sumOf(text: string): bigint | undefined {
  let total = 0n;
  for (PIECE.lastIndex = 0; PIECE.lastIndex < text.length;) {
    const match = PIECE.exec(text);
    if (match === null) return undefined;
    total += pieceOf(match);
  }
  return total;
}

function pieceOf([, whole = "", fraction = "", unit = ""]: RegExpExecArray): bigint {
  const scale = UNITS.get(unit) ?? 0n;
  return BigInt(whole || 0) * scale + (BigInt(fraction || 0) * scale) / 10n ** BigInt(fraction.length);
}

function small(length: bigint): string {
  if (length === 0n) return "0s";
  if (length < 1_000n) return `${length}ns`;
  if (length < 1_000_000n) return `${decimal(length, 1_000n)}µs`;
  return `${decimal(length, 1_000_000n)}ms`;
}

function large(length: bigint): string {
  const minutes = length / (60n * SECOND);
  const seconds = `${decimal(length % (60n * SECOND), SECOND)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(value % unit)
    .padStart(digits, "0")
    .replace(/0+$/, "");
  return fraction === "" ? String(value / unit) : `${value / unit}.${fraction}`;
}
