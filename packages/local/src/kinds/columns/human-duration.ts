const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Scale {
  /** Used below this many seconds. */
  readonly below: number;
  readonly unit: readonly [seconds: number, letter: string];
  /** Shown behind the first unit, unless it is zero. */
  readonly rest?: readonly [seconds: number, letter: string];
}

// Two or three digits that count: 119s, 2m5s, 15m, 3h4m, 20h, 2d3h, 12d, 2y30d, 9y.
const SCALES: readonly Scale[] = [
  { below: 2 * MINUTE, unit: [SECOND, "s"] },
  { below: 10 * MINUTE, unit: [MINUTE, "m"], rest: [SECOND, "s"] },
  { below: 3 * HOUR, unit: [MINUTE, "m"] },
  { below: 8 * HOUR, unit: [HOUR, "h"], rest: [MINUTE, "m"] },
  { below: 2 * DAY, unit: [HOUR, "h"] },
  { below: 8 * DAY, unit: [DAY, "d"], rest: [HOUR, "h"] },
  { below: 2 * YEAR, unit: [DAY, "d"] },
  { below: 8 * YEAR, unit: [YEAR, "y"], rest: [DAY, "d"] },
  { below: Number.POSITIVE_INFINITY, unit: [YEAR, "y"] },
];

/** A duration as `kubectl get` shows ages. */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1000);
  if (seconds < -1) return "<invalid>";
  const scale = SCALES.find((candidate) => seconds < candidate.below);
  if (scale === undefined || seconds < 0) return "0s";
  const [size, letter] = scale.unit;
  const whole = `${Math.floor(seconds / size)}${letter}`;
  if (scale.rest === undefined) return whole;
  const rest = Math.floor((seconds % size) / scale.rest[0]);
  return rest === 0 ? whole : `${whole}${rest}${scale.rest[1]}`;
}

/** How long ago; of what has no time, that it is unknown. */
export function ageOf(timestamp: string | undefined, nowMs: number): string {
  const ms = Date.parse(timestamp ?? "");
  return Number.isNaN(ms) ? "<unknown>" : humanDuration(nowMs - ms);
}
