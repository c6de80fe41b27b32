const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  { size: DAY, name: "d", part: HOUR, partName: "h" },
  { size: HOUR, name: "h", part: MINUTE, partName: "m" },
  { size: MINUTE, name: "m", part: 1, partName: "s" },
] as const;

/** The two units that say most: `8s`, `3m5s`, `2h10m`, `4d3h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const unit = UNITS.find(({ size }) => seconds >= size);
  if (unit === undefined) return `${seconds}s`;
  return `${Math.floor(seconds / unit.size)}${unit.name}${Math.floor((seconds % unit.size) / unit.part)}${unit.partName}`;
}
