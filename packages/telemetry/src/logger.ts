import { pino } from "pino";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Structured logging: the message is constant, everything that varies is a field. Field names are the contract's: workflow,
 * namespace, nodeId, plugin, method, attempt, name, error.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** Which process speaks: controller, agent, local. */
  readonly component: string;
  /** Default info. */
  readonly level?: LogLevel;
  /** Takes each line, newline included. Default: standard output. */
  readonly write?: (line: string) => void;
}

/** Lines as JSON: `{"level":"info","time":"…","component":"controller","msg":"Executor plugin added","name":"hello"}`. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level ?? "info",
    base: { component: options.component },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return options.write === undefined ? pino(settings) : pino(settings, { write: options.write });
}

/** An error as a log field: its message, and its cause's where there is one. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${errorText(error.cause)})`;
}
