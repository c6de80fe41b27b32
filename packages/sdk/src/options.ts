import { ENV_PORT, ENV_TOKEN_PATH, TOKEN_PATH } from "@outrigger/types";
import { createLogger } from "./logger.ts";
import type { Logger } from "./logger.ts";
import type { MetricsSource } from "./observe/metrics-page.ts";
import { acceptAll, expectToken, expectTokenOfFile } from "./token-check.ts";
import type { TokenCheck } from "./token-check.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Names another address to listen on than 127.0.0.1: probes of the kubelet, for one, come from outside the pod. */
export const ENV_HOST = "OUTRIGGER_HOST";

/** What `createHandler`, `serve` and `pluginRouter` take beside the plugins. */
export interface HandlerOptions {
  /**
   * What callers must show as `Authorization: Bearer …`; false lets everyone in. Default: the content of the file that
   * OUTRIGGER_TOKEN_PATH names, or of /var/run/argo/token, where the agent puts it.
   */
  readonly token?: string | false | undefined;
  /** Larger requests, in bytes, are answered with 413, which fails the step. Default: 1 MiB. */
  readonly maxBodyBytes?: number;
  /**
   * More calls at the same time than this are answered with 503 and Retry-After, so that the agent tries again. An agent makes 16 at a
   * time by default. Default: 100; Infinity takes all.
   */
  readonly maxConcurrentCalls?: number;
  /** Whether `GET /healthz` answers `ok`, to everyone. Default: true. */
  readonly health?: boolean;
  /** Whether `GET /api/v1/plugin.info` tells keys, version and input schemas. Default: true. */
  readonly info?: boolean;
  /**
   * Whether `GET /metrics` tells of calls and the process, to everyone; a source, such as a `Registry` of prom-client, is told there
   * too. Default: true.
   */
  readonly metrics?: boolean | MetricsSource;
  /** Whether calls are spans of the caller's trace, where the process has an OpenTelemetry SDK. Default: true. */
  readonly tracing?: boolean;
  /** Where the server and `ctx.log` write. Default: JSON lines on standard output. */
  readonly log?: Logger;
  /** Where `secret` and the settings come from. Default: process.env. */
  readonly env?: Environment;
}

/** What `serve` takes beside the plugins. */
export interface ServeOptions extends HandlerOptions {
  /** Where it listens; 0 takes a port that is free. Default: OUTRIGGER_PORT, or 4355. */
  readonly port?: number;
  /** The address that it listens on. Default: OUTRIGGER_HOST, or 127.0.0.1: the agent is a container of the same pod. */
  readonly host?: string;
  /** How long calls under way may take to end when the server stops, in milliseconds; then their signal is aborted. Default: 10 s. */
  readonly stopGraceMs?: number;
  /** Whether SIGTERM and SIGINT stop the server and end the process. Default: true. */
  readonly handleSignals?: boolean;
}

export interface ResolvedHandlerOptions {
  readonly checkToken: TokenCheck;
  readonly maxBodyBytes: number;
  readonly maxConcurrentCalls: number;
  readonly health: boolean;
  readonly info: boolean;
  readonly metrics: boolean | MetricsSource;
  readonly tracing: boolean;
  readonly log: Logger;
  readonly env: Environment;
}

export interface ResolvedServeOptions extends ResolvedHandlerOptions {
  readonly port: number;
  readonly host: string;
  readonly stopGraceMs: number;
  readonly handleSignals: boolean;
}

const MIB = 1024 * 1024;
const DEFAULT_PORT = 4355;
const DEFAULTS = {
  maxBodyBytes: MIB,
  maxConcurrentCalls: 100,
  health: true,
  info: true,
  metrics: true,
  tracing: true,
};

export function resolveHandlerOptions(
  { token, log = createLogger(), ...options }: HandlerOptions,
  env: Environment,
): ResolvedHandlerOptions {
  return { ...DEFAULTS, ...options, checkToken: tokenCheck(token, env), log, env };
}

export function resolveServeOptions(options: ServeOptions, env: Environment): ResolvedServeOptions {
  return {
    ...resolveHandlerOptions(options, env),
    port: options.port ?? portOf(text(env, ENV_PORT)) ?? DEFAULT_PORT,
    host: options.host ?? text(env, ENV_HOST) ?? "127.0.0.1",
    stopGraceMs: options.stopGraceMs ?? 10_000,
    handleSignals: options.handleSignals ?? true,
  };
}

function tokenCheck(token: string | false | undefined, env: Environment): TokenCheck {
  if (token === false) return acceptAll;
  return token === undefined ? expectTokenOfFile(text(env, ENV_TOKEN_PATH) ?? TOKEN_PATH) : expectToken(token);
}

function portOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new TypeError(`${ENV_PORT} must be a port from 0 to 65535, not "${value}"`);
}

function text(env: Environment, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}
