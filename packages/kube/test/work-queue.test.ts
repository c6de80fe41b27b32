import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KubeError, SimulatedClock, WorkQueue } from "../src/index.ts";
import type { Handled, WorkQueueOptions } from "../src/index.ts";

const BACKOFF = { initialMs: 100, factor: 2, maxMs: 1_000, jitter: 0 };

/** A queue whose work takes as long as the test wants. */
class Bench {
  readonly clock = new SimulatedClock(0);
  readonly log: string[] = [];
  readonly handled: Handled[] = [];
  readonly queue: WorkQueue;
  readonly #open: { readonly key: string; readonly settle: PromiseWithResolvers<void> }[] = [];

  constructor(options: Partial<WorkQueueOptions> = {}) {
    this.queue = new WorkQueue({
      workers: 2,
      clock: this.clock,
      backoff: BACKOFF,
      handle: (key) => {
        this.log.push(`${this.clock.now()} ${key}`);
        const settle = Promise.withResolvers<void>();
        this.#open.push({ key, settle });
        return settle.promise;
      },
      onHandled: (handled) => this.handled.push(handled),
      ...options,
    });
    this.queue.start();
  }

  get running(): readonly string[] {
    return this.#open.map(({ key }) => key);
  }

  /** Lets what can happen now happen. */
  async settle(): Promise<void> {
    await this.clock.advance(0);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async finish(key: string, error?: Error): Promise<void> {
    const index = this.#open.findIndex((work) => work.key === key);
    const [work] = this.#open.splice(index, 1);
    if (error === undefined) work?.settle.resolve();
    else work?.settle.reject(error);
    await this.settle();
  }

  async add(...keys: readonly string[]): Promise<void> {
    for (const key of keys) this.queue.add(key);
    await this.settle();
  }
}

describe("a work queue", () => {
  it("works on as many keys at once as it has workers, in order", async () => {
    const bench = new Bench();
    await bench.add("a", "b", "c", "d");
    expect(bench.running).toEqual(["a", "b"]);
    await bench.finish("b");
    expect(bench.running).toEqual(["a", "c"]);
    await bench.finish("a");
    expect(bench.running).toEqual(["c", "d"]);
  });

  it("takes a key that is added many times once", async () => {
    const bench = new Bench({ workers: 1 });
    await bench.add("x", "a", "a", "b", "a");
    for (const key of ["x", "a", "b"]) await bench.finish(key);
    expect(bench.log).toEqual(["0 x", "0 a", "0 b"]);
    expect(bench.running).toEqual([]);
  });

  it("works on a key again that is added while it is worked on, but never twice at once", async () => {
    const bench = new Bench();
    await bench.add("a");
    await bench.add("a", "a");
    expect(bench.running).toEqual(["a"]);
    await bench.finish("a");
    expect(bench.running).toEqual(["a"]);
    await bench.finish("a");
    expect(bench.log).toEqual(["0 a", "0 a"]);
  });

  it("does not begin amid the call that adds", () => {
    const bench = new Bench();
    bench.queue.add("a");
    expect(bench.log).toEqual([]);
  });

  it("waits to be started", async () => {
    const log: string[] = [];
    const queue = new WorkQueue({ workers: 1, handle: (key) => Promise.resolve(void log.push(key)) });
    queue.add("a");
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual([]);
    queue.start();
    await expect.poll(() => log).toEqual(["a"]);
    await queue.stop();
  });
});

describe("delays", () => {
  it("takes the earliest of several", async () => {
    const bench = new Bench();
    bench.queue.addAfter("a", 500);
    bench.queue.addAfter("a", 200);
    bench.queue.addAfter("a", 900);
    await bench.clock.advance(1_000);
    expect(bench.log).toEqual(["200 a"]);
  });

  it("keeps a delay when the key is worked on before", async () => {
    const bench = new Bench();
    bench.queue.addAfter("a", 500);
    await bench.add("a");
    await bench.finish("a");
    await bench.clock.advance(500);
    expect(bench.log).toEqual(["0 a", "500 a"]);
  });

  it("starts anew after it has fired", async () => {
    const bench = new Bench();
    bench.queue.addAfter("a", 100);
    await bench.clock.advance(100);
    await bench.finish("a");
    bench.queue.addAfter("a", 300);
    await bench.clock.advance(300);
    expect(bench.log).toEqual(["100 a", "400 a"]);
  });
});

describe("failures", () => {
  it("brings the key back after ever longer delays, until it succeeds", async () => {
    const failures: unknown[] = [];
    const bench = new Bench({ onError: (key, error, count) => failures.push([key, (error as Error).message, count]) });
    await bench.add("a");
    for (const delayMs of [100, 200, 400, 800, 1_000, 1_000]) {
      await bench.finish("a", new Error("no"));
      await bench.clock.advance(delayMs - 1);
      expect(bench.running).toEqual([]);
      await bench.clock.advance(1);
      expect(bench.running).toEqual(["a"]);
    }
    expect(failures).toEqual([1, 2, 3, 4, 5, 6].map((count) => ["a", "no", count]));
    await bench.finish("a");
    await bench.add("a");
    await bench.finish("a", new Error("again"));
    await bench.clock.advance(100);
    expect(bench.running).toEqual(["a"]);
  });

  it("waits as long as the server asks", async () => {
    const bench = new Bench();
    await bench.add("a");
    const details = { reason: "TooManyRequests", status: 429, request: "GET /", retryAfterMs: 5_000 } as const;
    await bench.finish("a", new KubeError("slow down", details));
    await bench.clock.advance(10_000);
    expect(bench.log).toEqual(["0 a", "5000 a"]);
  });

  it("does not wait when there is news already", async () => {
    const bench = new Bench();
    await bench.add("a");
    await bench.add("a");
    await bench.finish("a", new Error("no"));
    expect(bench.log).toEqual(["0 a", "0 a"]);
    expect(bench.queue.stats().delayed).toBe(0);
  });

  it("delays no other key", async () => {
    const bench = new Bench({ workers: 1 });
    await bench.add("a", "b");
    await bench.finish("a", new Error("no"));
    expect(bench.running).toEqual(["b"]);
  });

  it("survives work that throws at once, and callbacks that throw", async () => {
    const broken = (): never => {
      throw new Error("broken");
    };
    const bench = new Bench({ handle: broken, onError: broken, onHandled: broken });
    await bench.add("a");
    await bench.clock.advance(100);
    await bench.settle();
    expect(bench.queue.stats()).toMatchObject({ running: 0, delayed: 1 });
  });
});

describe("what can be seen", () => {
  it("counts what waits, runs and is delayed, and for how long", async () => {
    const bench = new Bench({ workers: 1 });
    await bench.add("a");
    await bench.clock.advance(30);
    await bench.add("a", "b");
    bench.queue.addAfter("c", 1_000);
    await bench.clock.advance(20);
    expect(bench.queue.stats()).toEqual({ depth: 2, running: 1, delayed: 1, longestWaitMs: 20, longestRunningMs: 50 });
    await bench.finish("a");
    await bench.finish("b", new Error("no"));
    expect(bench.handled).toEqual([
      { key: "a", ok: true, waitMs: 0, durationMs: 50 },
      { key: "b", ok: false, waitMs: 20, durationMs: 0 },
    ]);
  });
});

describe("stop", () => {
  it("resolves when the work under way is done, and drops the rest", async () => {
    const bench = new Bench({ workers: 1 });
    await bench.add("a");
    await bench.add("a", "b");
    bench.queue.addAfter("c", 10);
    let stopped = false;
    const stopping = bench.queue.stop().then(() => (stopped = true));
    await bench.clock.advance(100);
    expect(stopped).toBe(false);
    await bench.finish("a", new Error("no"));
    await stopping;
    await bench.add("d");
    bench.queue.addAfter("e", 1);
    expect(bench.queue.stats()).toMatchObject({ depth: 0, running: 0, delayed: 0 });
    await bench.clock.advance(10_000);
    expect(bench.log).toEqual(["0 a"]);
    expect(bench.clock.nextDelayMs).toBeUndefined();
  });

  it("resolves at once where nothing runs, again and again, and before the start", async () => {
    const bench = new Bench();
    await bench.queue.stop();
    await bench.queue.stop();
    const unstarted = new WorkQueue({ workers: 1, handle: () => Promise.resolve() });
    await unstarted.stop();
    unstarted.start();
    expect(unstarted.stats().running).toBe(0);
  });

  it("begins nothing that was added in the same turn", async () => {
    const bench = new Bench();
    bench.queue.add("a");
    await bench.queue.stop();
    await bench.settle();
    expect(bench.log).toEqual([]);
  });
});

type Step =
  | { readonly do: "add"; readonly key: string }
  | { readonly do: "addAfter"; readonly key: string; readonly ms: number }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "stop" };

const key = fc.constantFrom("a", "b", "c");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("addAfter" as const), key, ms: fc.integer({ min: 0, max: 300 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 200 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: "stop" as const }) },
);

interface Outcome {
  readonly ms: number;
  readonly ok: boolean;
}

function* endless(outcomes: readonly Outcome[]): Generator<Outcome, never> {
  yield* outcomes;
  for (;;) yield { ms: 1, ok: true };
}

interface Job {
  readonly key: string;
  readonly startedAt: number;
  /** Order among all that happened. */
  readonly at: number;
}

/** Runs steps against a queue whose work takes some simulated time and fails now and then; gathers what goes wrong. */
class Trial {
  readonly problems: string[] = [];
  readonly #clock = new SimulatedClock(0);
  readonly #queue: WorkQueue;
  readonly #workers: number;
  readonly #outcomes: Iterator<Outcome, never>;
  readonly #running = new Set<string>();
  readonly #jobs: Job[] = [];
  /** What must be worked on at or after this moment, and no later than `by` if a worker is free. */
  readonly #owed: { readonly key: string; readonly at: number; readonly from: number }[] = [];
  #happened = 0;
  #stopped = false;

  constructor(workers: number, outcomes: Iterator<Outcome, never>) {
    this.#workers = workers;
    this.#outcomes = outcomes;
    this.#queue = new WorkQueue({ workers, clock: this.#clock, backoff: BACKOFF, handle: (key) => this.#handle(key) });
    this.#queue.start();
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const next of steps) await this.#step(next);
    await this.#clock.advance(100_000);
    this.#check(this.#running.size === 0, "work is left running");
    this.#check(this.#clock.nextDelayMs === undefined, "a timer is left");
    if (this.#stopped) await this.#queue.stop();
    else for (const owed of this.#owed) this.#check(this.#isPaid(owed), `${owed.key} was forgotten`);
  }

  async #step(next: Step): Promise<void> {
    this.#happened += 1;
    if (next.do === "advance") await this.#clock.advance(next.ms);
    else if (next.do === "stop") this.#stop();
    else if (next.do === "add") this.#add(next.key);
    else this.#addAfter(next.key, next.ms);
  }

  #add(name: string): void {
    this.#queue.add(name);
    this.#owed.push({ key: name, at: this.#happened, from: this.#clock.now() });
  }

  #addAfter(name: string, ms: number): void {
    this.#queue.addAfter(name, ms);
    this.#owed.push({ key: name, at: this.#happened, from: this.#clock.now() });
  }

  #stop(): void {
    this.#stopped = true;
    void this.#queue
      .stop()
      .then(() => this.#check(this.#running.size === 0, "stop() resolved while work was going on"));
  }

  #isPaid({ key: name, at, from }: { readonly key: string; readonly at: number; readonly from: number }): boolean {
    return this.#jobs.some((job) => job.key === name && job.at >= at && job.startedAt >= from);
  }

  async #handle(name: string): Promise<void> {
    this.#check(!this.#running.has(name), `${name} is worked on twice at once`);
    this.#check(this.#running.size < this.#workers, "more work at once than workers");
    this.#check(!this.#stopped, "work began after stop()");
    this.#running.add(name);
    this.#jobs.push({ key: name, startedAt: this.#clock.now(), at: this.#happened });
    const { ms, ok } = this.#outcomes.next().value;
    await new Promise<void>((resolve) => this.#clock.schedule(ms, resolve));
    this.#running.delete(name);
    if (!ok) throw new Error("no");
  }

  #check(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }
}

describe("whatever is added, however long work takes, whatever fails", () => {
  it("never works twice at once on a key, forgets none, and stops clean", async () => {
    const outcome = fc.record({ ms: fc.integer({ min: 0, max: 150 }), ok: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(step, { maxLength: 25 }),
        fc.array(outcome, { maxLength: 30 }),
        async (workers, steps, outcomes) => {
          const trial = new Trial(workers, endless(outcomes));
          await trial.run(steps);
          expect(trial.problems).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
