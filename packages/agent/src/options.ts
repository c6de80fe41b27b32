import { systemClock } from "@outrigger/kube";
import type { Clock, KubeClient } from "@outrigger/kube";
import { createTelemetry } from "@outrigger/telemetry";
import type { Telemetry } from "@outrigger/telemetry";
import { DEFAULT_TRIES } from "@outrigger/types";
import type { CallRules, TryRules } from "@outrigger/types";

/** A plugin as the agent reaches it. */
export interface PluginEndpoint {
  /** The name of its container; keys are matched with it. */
  readonly name: string;
  /** `http://localhost:4355` */
  readonly address: string;
  readonly rules?: CallRules;
  /** What it expects as bearer token. */
  token(): Promise<string>;
}

/** What an agent can take, and how long it waits. */
export interface AgentLimits extends TryRules {
  /** Calls under way per plugin; the rest wait. */
  readonly callsPerPlugin: number;
  readonly maxAnswerBytes: number;
  /** How long a plugin may take until it listens. */
  readonly pluginStartMs: number;
  /** When to call a plugin again that did not say when. */
  readonly pollIntervalMs: number;
  /** How long a plugin may take to cancel where the controller does not say. */
  readonly cancelGraceMs: number;
  /** Results go into writes of about this size. */
  readonly maxWriteBytes: number;
  /** How long calls under way may take when the agent is told to stop. */
  readonly drainMs: number;
}

export const DEFAULT_LIMITS: AgentLimits = {
  ...DEFAULT_TRIES,
  callsPerPlugin: 16,
  maxAnswerBytes: 2 * 1024 * 1024,
  pluginStartMs: 60_000,
  pollIntervalMs: 10_000,
  cancelGraceMs: 10_000,
  maxWriteBytes: 1_000_000,
  drainMs: 10_000,
};

export interface AgentOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly workflowName: string;
  readonly workflowUid: string;
  readonly plugins: readonly PluginEndpoint[];
  readonly limits?: Partial<AgentLimits>;
  /** What to dial for a plugin's address, asked at each call. Default: the address itself. */
  readonly dial?: (address: string) => string;
  /** PEM; trusted by requests of http templates beside those that Node trusts. */
  readonly certificates?: readonly string[];
  readonly clock?: Clock;
  /** From 0 up to, not including, 1. Default: Math.random. */
  readonly random?: () => number;
  readonly telemetry?: Partial<Telemetry>;
}

export interface ResolvedAgentOptions extends Required<Omit<AgentOptions, "limits" | "telemetry">> {
  readonly limits: AgentLimits;
  readonly telemetry: Telemetry;
}

export function resolveOptions(options: AgentOptions): ResolvedAgentOptions {
  return {
    dial: (address) => address,
    certificates: [],
    clock: systemClock,
    random: Math.random,
    ...options,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    telemetry: createTelemetry(options.telemetry),
  };
}
