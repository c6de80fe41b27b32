import type { KubeObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { KubeError, LeaderElection, SimulatedClock } from "../src/index.ts";
import type { KubeErrorReason } from "../src/index.ts";
import type { LeaseClient } from "../src/lease/leader-election.ts";
import { leaseToWrite } from "../src/lease/lease.ts";
import type { LeaseSpec } from "../src/lease/lease.ts";

const ME = { identity: "me", leaseMs: 15_000 };
const START_MS = Date.UTC(2026, 0, 1);

function observed(spec: LeaseSpec, changedAtMs = START_MS): Parameters<typeof leaseToWrite>[0] {
  return { object: { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: {} }, spec, changedAtMs };
}

describe("what a candidate makes of a Lease", () => {
  const theirs = { holderIdentity: "other", leaseDurationSeconds: 15, leaseTransitions: 3, renewTime: "1999-01-01" };

  it("takes one that nobody has made, and one that was let go of", () => {
    expect(leaseToWrite(undefined, ME, START_MS)).toMatchObject({ holderIdentity: "me", leaseTransitions: 0 });
    const free = observed({ ...theirs, holderIdentity: "" });
    expect(leaseToWrite(free, ME, START_MS)).toMatchObject({ holderIdentity: "me", leaseTransitions: 4 });
  });

  it("leaves another's alone until it has not changed for as long as it lasts, whatever time stands in it", () => {
    expect(leaseToWrite(observed(theirs), ME, START_MS + 14_999)).toBeUndefined();
    expect(leaseToWrite(observed(theirs), ME, START_MS + 15_000)).toEqual({
      holderIdentity: "me",
      leaseDurationSeconds: 15,
      acquireTime: "2026-01-01T00:00:15.000000Z",
      renewTime: "2026-01-01T00:00:15.000000Z",
      leaseTransitions: 4,
    });
  });

  it("renews its own, and keeps when it was taken", () => {
    const mine = observed({ ...theirs, holderIdentity: "me", acquireTime: "2025-12-31T00:00:00.000000Z" });
    expect(leaseToWrite(mine, ME, START_MS)).toMatchObject({
      acquireTime: "2025-12-31T00:00:00.000000Z",
      renewTime: "2026-01-01T00:00:00.000000Z",
      leaseTransitions: 3,
    });
  });
});

function refusal(reason: KubeErrorReason): KubeError {
  return new KubeError("the lease", { reason, status: 0, request: "lease" });
}

/** One Lease, as the API keeps it; `fault` may throw before a call is carried out, or after it. */
class StoredLease implements LeaseClient {
  lease: KubeObject | undefined;
  fault: (when: "before" | "after", verb: string) => void = () => {};
  #version = 0;

  get: LeaseClient["get"] = () => this.#call("get", () => this.#stored());
  create: LeaseClient["create"] = (_resource, _namespace, body) =>
    this.#call("create", () => {
      if (this.lease !== undefined) throw refusal("AlreadyExists");
      return this.#put(body);
    });
  replace: LeaseClient["replace"] = (_resource, _ref, body) =>
    this.#call("replace", () => {
      const { resourceVersion } = (body as KubeObject).metadata;
      if (resourceVersion !== this.#stored().metadata.resourceVersion) throw refusal("Conflict");
      return this.#put(body);
    });

  get holder(): unknown {
    return (this.lease?.["spec"] as LeaseSpec | undefined)?.holderIdentity;
  }

  #call(verb: string, run: () => KubeObject): Promise<KubeObject> {
    return new Promise((resolve) => {
      this.fault("before", verb);
      const answer = run();
      this.fault("after", verb);
      resolve(answer);
    });
  }

  #stored(): KubeObject {
    if (this.lease === undefined) throw refusal("NotFound");
    return this.lease;
  }

  #put(body: object): KubeObject {
    this.#version += 1;
    const written = structuredClone(body) as KubeObject;
    this.lease = { ...written, metadata: { ...written.metadata, resourceVersion: String(this.#version) } };
    return this.lease;
  }
}

describe("an election", () => {
  const clock = new SimulatedClock();
  const api = new StoredLease();
  const errors: unknown[] = [];
  const candidate = (identity: string): LeaderElection & { readonly wasLost: () => boolean } => {
    const onError = (error: unknown): void => void errors.push(error);
    const election = new LeaderElection({
      client: api,
      clock,
      namespace: "argo",
      name: "lease",
      leaseMs: 15_000,
      identity,
      onError,
    });
    let lost = false;
    void election.lost.then(() => (lost = true));
    election.start();
    return Object.assign(election, { wasLost: () => lost });
  };
  const leaders = (...all: readonly LeaderElection[]): readonly boolean[] => all.map((each) => each.isLeading());
  const setUp = async (): Promise<readonly [ReturnType<typeof candidate>, ReturnType<typeof candidate>]> => {
    Object.assign(api, { lease: undefined, fault: () => {} });
    errors.length = 0;
    const first = candidate("first");
    await clock.advance(0);
    const second = candidate("second");
    await clock.advance(60_000);
    expect(leaders(first, second)).toEqual([true, false]);
    return [first, second];
  };
  const end = async (...all: readonly LeaderElection[]): Promise<void> => {
    const stopped = Promise.all(all.map((each) => each.stop()));
    await clock.advance(0);
    await stopped;
  };

  it("is won by one, who lets go when told to stop: the other follows at its next look", async () => {
    const [first, second] = await setUp();
    await end(first);
    expect(api.holder).toBe("");
    expect(leaders(first, second)).toEqual([false, false]);
    await clock.advance(2_000);
    expect(leaders(first, second)).toEqual([false, true]);
    expect(first.wasLost()).toBe(false);
    await end(second);
  });

  it("is lost by one that cannot renew, five seconds before another can win it", async () => {
    const [first, second] = await setUp();
    api.fault = () => {
      throw refusal("Unreachable");
    };
    await clock.advance(10_000);
    expect(leaders(first, second)).toEqual([false, false]);
    expect(first.wasLost()).toBe(true);
    expect(errors.length).toBeGreaterThan(3);
    api.fault = () => {};
    await clock.advance(7_000);
    expect(leaders(first, second)).toEqual([false, true]);
    await clock.advance(60_000);
    expect(leaders(first, second)).toEqual([false, true]);
    await end(first, second);
  });

  it("goes on where the answer to a renewal was lost, where someone else wrote, and where the Lease was deleted", async () => {
    const [first, second] = await setUp();
    api.fault = (when, verb) => {
      if (when === "after" && verb === "replace") throw refusal("Unreachable");
    };
    await clock.advance(2_000);
    api.fault = () => {};
    await clock.advance(20_000);
    const stored = api.lease;
    if (stored === undefined) throw new Error("there is no Lease");
    api.lease = { ...stored, metadata: { ...stored.metadata, resourceVersion: "touched", labels: { touched: "yes" } } };
    await clock.advance(20_000);
    expect(api.lease.metadata.labels).toEqual({ touched: "yes" });
    expect(leaders(first, second)).toEqual([true, false]);
    await end(second);
    api.lease = undefined;
    await clock.advance(20_000);
    expect([api.holder, first.isLeading()]).toEqual(["first", true]);
    await end(first);
  });

  it("has ended for one whose Lease somebody else has taken", async () => {
    const [first, second] = await setUp();
    await end(second);
    const stored = api.lease;
    if (stored === undefined) throw new Error("there is no Lease");
    const spec = { holderIdentity: "third", leaseDurationSeconds: 15 };
    api.lease = { ...stored, metadata: { ...stored.metadata, resourceVersion: "taken" }, spec };
    await clock.advance(2_000);
    expect([first.isLeading(), first.wasLost()]).toEqual([false, true]);
    await end(first);
    expect(api.holder).toBe("third");
  });
});
