import { integer, object, string } from "@outrigger/types";
import type { JsonObject, KubeObject, Parser } from "@outrigger/types";

/** What a Lease says of who leads, and for how long. */
export interface LeaseSpec {
  /** Empty once its holder has let go of it. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export const leaseSpecParser: Parser<LeaseSpec> = object<LeaseSpec>({
  holderIdentity: string,
  leaseDurationSeconds: integer,
  acquireTime: string,
  renewTime: string,
  leaseTransitions: integer,
});

/** A Lease, and when we saw it change last, by our own clock: those of other machines are not to be trusted. */
export interface ObservedLease {
  readonly object: KubeObject;
  readonly spec: LeaseSpec;
  readonly changedAtMs: number;
}

export interface Candidate {
  readonly identity: string;
  /** How long others have to keep away after a renewal. */
  readonly leaseMs: number;
}

/** `undefined`: somebody else holds it. */
export function leaseToWrite(
  observed: ObservedLease | undefined,
  { identity, leaseMs }: Candidate,
  nowMs: number,
): LeaseSpec | undefined {
  const now = microTime(nowMs);
  const held = { holderIdentity: identity, leaseDurationSeconds: Math.ceil(leaseMs / 1_000), renewTime: now };
  if (observed === undefined) return { ...held, acquireTime: now, leaseTransitions: 0 };
  const { holderIdentity = "", acquireTime = now, leaseTransitions = 0 } = observed.spec;
  if (holderIdentity === identity) return { ...held, acquireTime, leaseTransitions };
  if (holderIdentity !== "" && nowMs < freeAtMs(observed)) return undefined;
  return { ...held, acquireTime: now, leaseTransitions: leaseTransitions + 1 };
}

/** Lets the next one take it at once. */
export function releasedLease({ acquireTime, leaseTransitions = 0 }: LeaseSpec, nowMs: number): LeaseSpec {
  const kept = acquireTime === undefined ? {} : { acquireTime };
  return { ...kept, holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTime(nowMs), leaseTransitions };
}

export function leaseObject(name: string, spec: LeaseSpec, metadata: object = {}): JsonObject {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name, ...metadata }, spec: { ...spec } };
}

function freeAtMs({ spec, changedAtMs }: ObservedLease): number {
  return changedAtMs + (spec.leaseDurationSeconds ?? 0) * 1_000;
}

// Kubernetes' MicroTime has six digits.
function microTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/Z$/, "000Z");
}
