import { ExpressionError } from "../error.ts";
import { isInt64 } from "../go/int.ts";
import type { Token } from "./token.ts";

/** A whole number is an int (a bigint here), anything with a point or an exponent a float (a number here). */
export function numberOf({ text, position }: Token): bigint | number {
  const digits = text.replaceAll("_", "").toLowerCase();
  if (/^[^x]*[.e]/.test(digits)) return floatOf(digits, position);
  if (/^0[xob]$/.test(digits)) throw new ExpressionError(`${text} is not a number`, position);
  const value = BigInt(/^0\d/.test(digits) ? digits.replace(/^0+(?=\d)/, "") : digits);
  if (!isInt64(value)) throw new ExpressionError(`${text} is too large for an int`, position);
  return value;
}

function floatOf(digits: string, position: number): number {
  const value = Number(digits);
  if (!Number.isFinite(value)) throw new ExpressionError(`${digits} is not a number that a float can hold`, position);
  return value;
}
