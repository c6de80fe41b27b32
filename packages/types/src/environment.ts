import { parseGoDuration } from "./duration.ts";
import type { Parser } from "./parse/parsers.ts";
import { formatIssues } from "./parse/result.ts";

/** Environment variables, as a process finds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment holds a value that makes no sense. Thrown at start, with the variable's name and what it takes. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Of pages for probes and Prometheus, where a process serves them without being asked to. */
export const DEFAULT_HTTP_ADDRESS: HostAndPort = { host: "0.0.0.0", port: 9_090 };

/** Reads settings out of the environment. Unless it says otherwise, a method answers undefined where the variable is not set or empty. */
export class EnvironmentReader {
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  text(name: string): string | undefined {
    return this.#env[name] === "" ? undefined : this.#env[name];
  }

  requiredText(name: string): string {
    return this.text(name) ?? refuse(`${name} must be set`);
  }

  choice<const T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    return found ?? refuse(`${name} must be one of ${allowed.join(", ")}, not "${value}"`);
  }

  count(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const parsed = Number(value);
    return Number.isInteger(parsed) && parsed > 0
      ? parsed
      : refuse(`${name} must be a whole number from 1, not "${value}"`);
  }

  /** A Go duration, from 0. */
  durationMs(name: string): number | undefined {
    return this.#duration(name, (durationMs) => durationMs >= 0);
  }

  /** A Go duration that is longer than 0. */
  positiveDurationMs(name: string): number | undefined {
    return this.#duration(name, (durationMs) => durationMs > 0);
  }

  #duration(name: string, accepts: (durationMs: number) => boolean): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const parsed = parseGoDuration(value);
    if (parsed !== undefined && accepts(parsed)) return parsed;
    return refuse(`${name} must be a duration such as 30s or 2m, not "${value}"`);
  }

  /** `HOST:PORT`; all addresses where the host is left out. */
  address(name: string): HostAndPort | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const [, host = "", port] = /^(.*):(\d{1,5})$/.exec(value) ?? [];
    if (port === undefined) return refuse(`${name} must be HOST:PORT, such as 0.0.0.0:9090, not "${value}"`);
    return { host: host === "" ? "0.0.0.0" : host, port: Number(port) };
  }

  /** JSON of this shape. */
  json<T>(name: string, parser: Parser<T>): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const parsed = parser(parseJson(value), "");
    return parsed.ok ? parsed.value : refuse(`${name} is not valid: ${formatIssues(parsed.issues)}`);
  }

  /** A JSON list of texts; must be set. */
  textList(name: string): readonly string[] {
    const value = this.requiredText(name);
    const parsed = parseJson(value);
    const texts = Array.isArray(parsed) ? parsed.filter((item) => typeof item === "string") : [];
    if (Array.isArray(parsed) && texts.length === parsed.length) return texts;
    return refuse(`${name} must be a JSON list of strings, not ${value}`);
  }
}

function refuse(message: string): never {
  throw new ConfigError(message);
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
