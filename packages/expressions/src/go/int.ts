const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

export function isInt64(value: bigint): boolean {
  return value >= MIN && value <= MAX;
}

/** As Go does: what is too large for 64 bits loses its upper ones. */
export function wrapInt64(value: bigint): bigint {
  return isInt64(value) ? value : BigInt.asIntN(64, value);
}

/** A float without its fraction; what no int can hold becomes the smallest one, as on the machines that Go runs on. */
export function truncateToInt(value: number): bigint {
  if (!Number.isFinite(value)) return MIN;
  const whole = BigInt(Math.trunc(value));
  return isInt64(whole) ? whole : MIN;
}
