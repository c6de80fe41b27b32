const DECIMAL = /^\d+$/;

/**
 * Whether `a` is an older version than `b`. Kubernetes' versions are decimal numbers that grow; one that is none cannot be compared,
 * and counts as new.
 */
export function isOlder(a: string | undefined, b: string | undefined): boolean {
  return comparable(a) && comparable(b) && BigInt(a) < BigInt(b);
}

function comparable(version: string | undefined): version is string {
  return version !== undefined && DECIMAL.test(version);
}
