const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?((?:[eE][+-]?\d+)|[numkKMGTPE]?i?)$/;

/** What Kubernetes answers to text that is no quantity. */
export const QUANTITY_EXPECTED =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"] as const;
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;
const UNIT_INDEX = DECIMAL.indexOf("");

type Format = "decimal" | "binary" | "exponent";

interface Amount {
  /** In units of 10⁻⁹, Kubernetes' smallest. */
  readonly nanos: bigint;
  readonly format: Format;
}

/** A quantity in the one way that Kubernetes writes it: `0.5` as `500m`, `1024Mi` as `1Gi`, `1000m` as `1`; undefined for text that is none. */
export function canonicalQuantity(text: string): string | undefined {
  const amount = parse(text);
  if (amount === undefined) return undefined;
  if (amount.nanos === 0n) return "0";
  const size = amount.nanos < 0n ? -amount.nanos : amount.nanos;
  // Below 1024 no binary suffix fits, and thousandths need no rounding.
  const written =
    amount.format === "binary" && size >= 1024n * UNIT ? writeBinary(size) : writeDecimal(size, amount.format);
  return amount.nanos < 0n ? `-${written}` : written;
}

const UNIT = 1_000_000_000n;

function parse(text: string): Amount | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", suffix = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const scale = scaleOf(suffix);
  if (scale === undefined) return undefined;
  const numerator = BigInt(whole + fraction) * scale.times * UNIT;
  const nanos = divideUp(numerator, 10n ** BigInt(fraction.length) * scale.over);
  return { nanos: sign === "-" ? -nanos : nanos, format: scale.format };
}

function scaleOf(suffix: string): { times: bigint; over: bigint; format: Format } | undefined {
  if (/^[eE]./.test(suffix)) return { ...powerOfTen(Number(suffix.slice(1))), format: "exponent" };
  const binary = BINARY.findIndex((unit) => unit === suffix);
  if (binary > 0) return { times: 1024n ** BigInt(binary), over: 1n, format: "binary" };
  const decimal = DECIMAL.findIndex((unit) => unit === suffix);
  return decimal < 0 ? undefined : { ...powerOfTen((decimal - UNIT_INDEX) * 3), format: "decimal" };
}

function powerOfTen(exponent: number): { times: bigint; over: bigint } {
  const power = 10n ** BigInt(Math.min(Math.abs(exponent), 40));
  return exponent < 0 ? { times: 1n, over: power } : { times: power, over: 1n };
}

// What is smaller than the smallest unit is rounded up: who asks for some shall get some.
function divideUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

function writeDecimal(nanos: bigint, format: Format): string {
  let value = nanos;
  let unit = 0;
  while (value % 1000n === 0n && unit < DECIMAL.length - 1) {
    value /= 1000n;
    unit += 1;
  }
  if (format !== "exponent") return `${value}${DECIMAL[unit] ?? ""}`;
  const exponent = (unit - UNIT_INDEX) * 3;
  return exponent === 0 ? String(value) : `${value}e${exponent}`;
}

function writeBinary(nanos: bigint): string {
  let value = divideUp(nanos, UNIT);
  let unit = 0;
  while (value % 1024n === 0n && unit < BINARY.length - 1) {
    value /= 1024n;
    unit += 1;
  }
  return `${value}${BINARY[unit] ?? ""}`;
}
