import { parseGoDuration } from "@outrigger/types";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment holds a value that makes no sense. Thrown at start, with the variable's name and what it takes. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Undefined where the variable is not set or empty. */
export function text(env: Environment, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}

export function requiredText(env: Environment, name: string): string {
  const value = text(env, name);
  if (value === undefined) throw new ConfigError(`${name} must be set`);
  return value;
}

export function choice<const T extends string>(env: Environment, name: string, allowed: readonly T[]): T | undefined {
  const value = text(env, name);
  const found = allowed.find((candidate) => candidate === value);
  if (value === undefined || found !== undefined) return found;
  throw new ConfigError(`${name} must be one of ${allowed.join(", ")}, not "${value}"`);
}

export function count(env: Environment, name: string): number | undefined {
  const value = text(env, name);
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (Number.isInteger(parsed) && parsed > 0) return parsed;
  throw new ConfigError(`${name} must be a whole number from 1, not "${value}"`);
}

export function durationMs(env: Environment, name: string): number | undefined {
  const value = text(env, name);
  const parsed = value === undefined ? undefined : parseGoDuration(value);
  if (value === undefined || (parsed !== undefined && parsed > 0)) return parsed;
  throw new ConfigError(`${name} must be a duration such as 30s or 2m, not "${value}"`);
}

/** A JSON list of texts. */
export function textList(env: Environment, name: string): readonly string[] {
  const value = requiredText(env, name);
  const parsed = parseJson(value);
  const texts = Array.isArray(parsed) ? parsed.filter((item) => typeof item === "string") : [];
  if (Array.isArray(parsed) && texts.length === parsed.length) return texts;
  throw new ConfigError(`${name} must be a JSON list of strings, not ${value}`);
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
