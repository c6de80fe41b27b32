import { formatIssues } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import type { KubeClient, ObjectRef } from "../client.ts";
import { sleep } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { hasReason } from "../errors.ts";
import { LEASES } from "../resources.ts";
import { leaseObject, leaseSpecParser, leaseToWrite, releasedLease } from "./lease.ts";
import type { LeaseSpec, ObservedLease } from "./lease.ts";

export type LeaseClient = Pick<KubeClient, "get" | "create" | "replace">;

export interface LeaderElectionOptions {
  readonly client: LeaseClient;
  readonly clock: Clock;
  readonly namespace: string;
  readonly name: string;
  /** Unique among all candidates. */
  readonly identity: string;
  readonly onError: (error: unknown) => void;
  /** How long the others keep away after a renewal. */
  readonly leaseMs: number;
}

// As client-go has it: of 15 s, a leader has 10 to renew, and 5 to stop; it tries every 2.
const RENEW_WITHIN = 2 / 3;
const RETRY = 2 / 15;

/**
 * One of many processes leads: the one that holds a Lease.
 *
 * Owns: the Lease, and the answer to "do I lead?". Does not own: what a leader does.
 * 1. Who leads knows it from a write that the API took; it counts from when that write was sent.
 * 2. It stops leading, by its own clock, before anybody else may begin: also if it was held up and has not noticed yet.
 * 3. The clocks of other machines do not matter: a Lease is free when it has not changed in our sight for as long as it lasts.
 * 4. Who has lost the Lease never takes it up again: its process is to end.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #ref: ObjectRef;
  readonly #stop = new AbortController();
  readonly #elected = Promise.withResolvers<void>();
  readonly #lost = Promise.withResolvers<void>();
  #observed: ObservedLease | undefined;
  #leadsUntilMs: number | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#ref = { namespace: options.namespace, name: options.name };
  }

  /** Resolves when this process leads. */
  get elected(): Promise<void> {
    return this.#elected.promise;
  }

  /** Resolves when this process led and does no longer, without having been told to stop. */
  get lost(): Promise<void> {
    return this.#lost.promise;
  }

  isLeading(): boolean {
    return this.#leadsUntilMs !== undefined && this.#options.clock.now() < this.#leadsUntilMs; // 2
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Lets go of the Lease, so that another one takes it up at once. Call it when all work is done. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the election was stopped"));
    await this.#running;
    const led = this.isLeading();
    this.#leadsUntilMs = undefined;
    if (!led || this.#observed === undefined) return;
    const { clock, onError } = this.#options;
    await this.#write(releasedLease(this.#observed.spec, clock.now())).catch(onError);
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.signal.aborted) {
      await this.#look().catch((error: unknown) => this.#failed(error));
      if (this.#leadsUntilMs !== undefined && !this.isLeading()) return this.#lost.resolve(); // 4
      await sleep(clock, this.#untilNextLookMs(), this.#stop.signal).catch(() => {});
    }
  }

  // A leader whose renewals fail looks once more when its time is over, to say so.
  #untilNextLookMs(): number {
    const retryMs = this.#options.leaseMs * RETRY;
    if (this.#leadsUntilMs === undefined) return retryMs;
    return Math.max(0, Math.min(retryMs, this.#leadsUntilMs - this.#options.clock.now()));
  }

  async #look(): Promise<void> {
    if (this.#leadsUntilMs === undefined) await this.#read();
    const sentAtMs = this.#options.clock.now();
    const spec = leaseToWrite(this.#observed, this.#options, sentAtMs);
    if (spec === undefined) return;
    this.#observe(await this.#write(spec));
    this.#leadsUntilMs = sentAtMs + this.#options.leaseMs * RENEW_WITHIN; // 1
    this.#elected.resolve();
  }

  async #read(): Promise<void> {
    try {
      this.#observe(await this.#options.client.get(LEASES, this.#ref));
    } catch (error) {
      if (!hasReason(error, "NotFound")) throw error;
      this.#observed = undefined;
    }
  }

  #write(spec: LeaseSpec): Promise<KubeObject> {
    const { client, namespace, name } = this.#options;
    const before = this.#observed?.object;
    if (before === undefined) return client.create(LEASES, namespace, leaseObject(name, spec));
    const { resourceVersion, labels, annotations } = before.metadata;
    const body = leaseObject(name, spec, { resourceVersion, labels, annotations });
    return client.replace(LEASES, this.#ref, body);
  }

  #observe(object: KubeObject): void {
    if (object.metadata.resourceVersion === this.#observed?.object.metadata.resourceVersion) return;
    const spec = leaseSpecParser(object["spec"] ?? {}, "spec");
    if (!spec.ok) throw new Error(`Lease ${this.#options.name}: ${formatIssues(spec.issues)}`);
    this.#observed = { object, spec: spec.value, changedAtMs: this.#options.clock.now() }; // 3
  }

  async #failed(error: unknown): Promise<void> {
    const { onError, identity } = this.#options;
    const raced = hasReason(error, "Conflict", "AlreadyExists", "NotFound");
    if (!raced) return onError(error);
    // Somebody wrote in between; or our own write went through and its answer was lost.
    try {
      await this.#read();
    } catch (again) {
      return onError(again);
    }
    const taken = this.#observed !== undefined && this.#observed.spec.holderIdentity !== identity;
    if (taken && this.#leadsUntilMs !== undefined) this.#leadsUntilMs = 0;
  }
}
