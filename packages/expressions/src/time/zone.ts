/** A time zone: UTC, a name of the IANA database, or a fixed offset. */
export class Zone {
  static readonly utc = new Zone("UTC");

  readonly name: string;
  readonly #offsetMs: number | undefined;
  readonly #format: Intl.DateTimeFormat | undefined;

  /** With an offset: a fixed one, whose name is only shown. */
  constructor(name: string, offsetMs?: number) {
    this.name = name;
    this.#offsetMs = name === "UTC" ? 0 : offsetMs;
    this.#format = this.#offsetMs === undefined ? formatOf(name) : undefined;
  }

  /** `abbreviation` is what time stamps show; empty where only the offset is known. */
  static fixed(offsetMs: number, abbreviation = ""): Zone {
    return new Zone(abbreviation, offsetMs);
  }

  /** Undefined if no zone has that name. "Local" is UTC: a workflow must not depend on where its controller runs. */
  static named(name: string): Zone | undefined {
    if (name === "" || name === "UTC" || name === "Local") return Zone.utc;
    // Only names as the database has them: Intl takes some others, and offsets.
    if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(name)) return undefined;
    try {
      return new Zone(name);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  offsetMsAt(timeMs: number): number {
    return this.#offsetMs ?? this.#offsetByName(timeMs);
  }

  /** The instant at which a clock in this zone shows the given time (written as if it were UTC). */
  instantOf(localMs: number): number {
    const guess = localMs - this.offsetMsAt(localMs);
    return localMs - this.offsetMsAt(guess);
  }

  abbreviationAt(timeMs: number): string {
    if (this.#format === undefined) return this.name;
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: this.name, timeZoneName: "short" }).formatToParts(
      timeMs,
    );
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? this.name;
  }

  #offsetByName(timeMs: number): number {
    const parts = this.#format?.formatToParts(timeMs) ?? [];
    const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
    const local = new Date(0);
    local.setUTCFullYear(part("year"), part("month") - 1, part("day"));
    local.setUTCHours(part("hour"), part("minute"), part("second"));
    return local.getTime() - Math.floor(timeMs / 1_000) * 1_000;
  }
}

function formatOf(name: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}
