import type { Duration } from "./duration.ts";
import { Zone } from "./zone.ts";

const NANOSECONDS = 1_000_000n;

/** A point in time, seen from a zone. */
export class Instant {
  /** Since 1970-01-01 in UTC. */
  readonly nanoseconds: bigint;
  readonly zone: Zone;

  constructor(nanoseconds: bigint, zone: Zone = Zone.utc) {
    this.nanoseconds = nanoseconds;
    this.zone = zone;
  }

  static ofMs(timeMs: number, zone: Zone = Zone.utc): Instant {
    return new Instant(BigInt(Math.floor(timeMs)) * NANOSECONDS, zone);
  }

  get timeMs(): number {
    return Number(floorDivide(this.nanoseconds, NANOSECONDS));
  }

  /** Beyond the last whole second. */
  get nanosecondOfSecond(): number {
    return Number(this.nanoseconds - floorDivide(this.nanoseconds, 1_000_000_000n) * 1_000_000_000n);
  }

  get offsetMs(): number {
    return this.zone.offsetMsAt(this.timeMs);
  }

  /** What a clock in the zone shows, to be read with the UTC methods. */
  get local(): Date {
    return new Date(this.timeMs + this.offsetMs);
  }

  in(zone: Zone): Instant {
    return new Instant(this.nanoseconds, zone);
  }

  plus({ nanoseconds }: Duration): Instant {
    return new Instant(this.nanoseconds + nanoseconds, this.zone);
  }
}

export function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
