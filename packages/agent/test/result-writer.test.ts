import { describe, expect, it } from "vitest";
import { KubeError, SimulatedClock, systemClock } from "@outrigger/kube";
import type { Clock, KubeClient, KubeErrorReason } from "@outrigger/kube";
import { createTelemetry } from "@outrigger/telemetry";
import { toNodeId } from "@outrigger/types";
import type { NodeResult } from "@outrigger/types";
import { agentMetrics } from "../src/metrics.ts";
import { ResultWriter } from "../src/result-writer.ts";
import { TestCluster, advanceUntil, task, until } from "./cluster.ts";

const KIB = 1024;

type Reports = Readonly<Record<string, NodeResult>>;
/** Answers the error that a write of these reports gets; undefined lets it through to the API. */
type Fault = (reports: Reports, write: number) => KubeErrorReason | undefined | Promise<undefined>;

interface Bench {
  readonly cluster: TestCluster;
  readonly writer: ResultWriter;
  /** The reports of each write that was tried. */
  readonly writes: Reports[];
  readonly replaced: string[];
  /** Results whose tasks are gone; may be added to. */
  readonly leftovers: string[];
  readonly report: (id: string, report: NodeResult) => void;
}

/** A writer on a real API, with faults on the way. */
async function bench(
  fault: Fault = () => undefined,
  clock: Clock = systemClock,
  mayGetRoom: () => boolean = () => false,
): Promise<Bench> {
  const cluster = await TestCluster.start();
  await cluster.announce({ n1: task("it") });
  const writes: Reports[] = [];
  const patch: KubeClient["patch"] = async (resource, ref, change, options) => {
    const reports = (change.body as { status: { nodes: Reports } }).status.nodes;
    writes.push(reports);
    const reason = await fault(reports, writes.length);
    if (reason !== undefined) throw new KubeError("on purpose", { reason, status: 500, request: "PATCH" });
    return cluster.client.patch(resource, ref, change, options);
  };
  const replaced: string[] = [];
  const leftovers: string[] = [];
  const telemetry = createTelemetry();
  const writer = new ResultWriter({
    client: { patch },
    taskSet: { namespace: "default", name: "wf" },
    maxWriteBytes: 300 * KIB,
    clock,
    random: () => 0,
    logger: telemetry.logger,
    writes: agentMetrics(telemetry).resultWrites,
    onWritten: () => {},
    leftovers: () => leftovers,
    mayGetRoom,
    onReplaced: (id, report) => replaced.push(`${id}: ${report.message ?? ""}`),
  });
  const report: Bench["report"] = (id, result) => writer.report(toNodeId(id), result);
  return { cluster, writer, writes, replaced, leftovers, report };
}

function result(message: string, sizeBytes = 0): NodeResult {
  return { phase: "Succeeded", message, ...(sizeBytes === 0 ? {} : { outputs: { result: "x".repeat(sizeBytes) } }) };
}

function names(writes: readonly Reports[]): readonly (readonly string[])[] {
  return writes.map((reports) => Object.keys(reports));
}

describe("results", () => {
  it("are written at once; those that come in meanwhile gather, of a node only the latest", async () => {
    const first = Promise.withResolvers<undefined>();
    const { cluster, writer, writes, report } = await bench((_reports, write) =>
      write === 1 ? first.promise : undefined,
    );
    report("n1", result("one"));
    await until(() => writes.length === 1);
    report("n2", result("early"));
    report("n3", result("three"));
    report("n2", result("two"));
    first.resolve(undefined);
    await writer.flush();
    expect(names(writes)).toEqual([["n1"], ["n2", "n3"]]);
    expect(await cluster.results()).toMatchObject({ n1: { message: "one" }, n2: { message: "two" }, n3: {} });
  });

  it("of the same turn go together", async () => {
    const { writer, writes, report } = await bench();
    for (const id of ["n1", "n2", "n3"]) report(id, result(id));
    await writer.flush();
    expect(names(writes)).toEqual([["n1", "n2", "n3"]]);
  });

  it("take along those of tasks that are gone", async () => {
    const { cluster, writer, leftovers, report } = await bench();
    for (const id of ["n1", "n2", "n3"]) report(id, result(id));
    await writer.flush();
    leftovers.push("n1", "n3");
    report("n4", result("four"));
    await writer.flush();
    expect(Object.keys(await cluster.results())).toEqual(["n2", "n4"]);
  });

  it("that are large go in several writes", async () => {
    const { writer, writes, report } = await bench();
    for (const id of ["n1", "n2", "n3", "n4", "n5"]) report(id, result(id, 120 * KIB));
    await writer.flush();
    expect(names(writes)).toEqual([["n1", "n2"], ["n3", "n4"], ["n5"]]);
  });

  it("that nobody wants any more are not written", async () => {
    const first = Promise.withResolvers<undefined>();
    const { writer, writes, report } = await bench((_reports, write) => (write === 1 ? first.promise : undefined));
    report("n1", result("one"));
    report("n2", result("two"));
    await until(() => writes.length === 1);
    report("n3", result("three"));
    writer.forget(toNodeId("n3"));
    first.resolve(undefined);
    await writer.flush();
    expect(names(writes)).toEqual([["n1", "n2"]]);
  });
});

describe("an error that may pass", () => {
  const reasons: readonly KubeErrorReason[] = [
    "TooManyRequests",
    "InternalError",
    "ServiceUnavailable",
    "Timeout",
    "Unreachable",
    "DeadlineExceeded",
    "Conflict",
    "Forbidden",
    "Unauthorized",
    "NotFound",
    "Malformed",
  ];

  it.each(reasons)("%s: the write is repeated until it gets through, however long that takes", async (reason) => {
    const clock = new SimulatedClock();
    const { cluster, writer, writes, replaced, report } = await bench(
      (_r, write) => (write <= 20 ? reason : undefined),
      clock,
    );
    report("n1", result("one"));
    report("n2", result("two"));
    let written = false;
    void writer.flush().then(() => (written = true));
    await advanceUntil(clock, () => written, 5_000);
    expect(await cluster.results()).toMatchObject({ n1: { message: "one" }, n2: { message: "two" } });
    expect([writes.length > 20, replaced]).toEqual([true, []]);
  });

  it("does not bring back what is newer by then, or no longer wanted", async () => {
    const clock = new SimulatedClock();
    const { cluster, writer, writes, report } = await bench(
      (_r, write) => (write === 1 ? "Timeout" : undefined),
      clock,
    );
    for (const id of ["n1", "n2", "n3"]) report(id, result("old"));
    await until(() => writes.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    report("n1", result("new"));
    writer.forget(toNodeId("n2"));
    let written = false;
    void writer.flush().then(() => (written = true));
    await advanceUntil(clock, () => written);
    const results = await cluster.results();
    expect(results).toMatchObject({ n1: { message: "new" }, n3: { message: "old" } });
    expect(results["n2"]).toBeUndefined();
  });

  it("ends when the writer is stopped", async () => {
    const { writer, writes, report } = await bench(() => "Unreachable", new SimulatedClock());
    report("n1", result("one"));
    await until(() => writes.length === 1);
    writer.stop();
    await writer.flush();
    report("n2", result("two"));
    await writer.flush();
    expect(writes.length).toBe(1);
  });
});

describe("a write that the API refuses", () => {
  it.each(["Invalid", "BadRequest", "RequestEntityTooLarge"] as const)(
    "%s: is cut until the bad result is found, which fails alone",
    async (reason) => {
      const bad = (reports: Reports): boolean => reports["n3"]?.phase === "Succeeded";
      const { cluster, writer, replaced, report } = await bench((reports) => (bad(reports) ? reason : undefined));
      const ids = ["n1", "n2", "n3", "n4", "n5", "n6", "n7"];
      for (const id of ids) report(id, result(id));
      await writer.flush();
      const results = await cluster.results();
      for (const id of ids.filter((other) => other !== "n3")) expect(results[id]).toMatchObject({ message: id });
      const message = "the result, 36 bytes, cannot be stored: PATCH: on purpose";
      expect(results["n3"]).toEqual({ phase: "Failed", message });
      expect(replaced).toEqual([`n3: ${message}`]);
    },
  );

  it("because one result is larger than etcd takes, fails that node alone", async () => {
    const clock = new SimulatedClock();
    const { cluster, writer, report } = await bench(undefined, clock);
    report("n1", result("small"));
    report("n2", result("large", 1_700 * KIB));
    report("n3", result("small"));
    let written = false;
    void writer.flush().then(() => (written = true));
    await advanceUntil(clock, () => written, 5_000);
    expect(await cluster.results()).toMatchObject({
      n1: { message: "small" },
      n2: {
        phase: "Failed",
        message: expect.stringMatching(/^the result, 17\d+ bytes, cannot be stored: .*request is too large/),
      },
      n3: { message: "small" },
    });
  });

  it("like everything else is no judgement on the result: it is kept", async () => {
    const clock = new SimulatedClock();
    let broken = true;
    const { cluster, writer, replaced, report } = await bench(() => (broken ? "Invalid" : undefined), clock);
    report("n1", result("one"));
    await clock.advance(60_000);
    broken = false;
    let written = false;
    void writer.flush().then(() => (written = true));
    await advanceUntil(clock, () => written, 5_000);
    expect(await cluster.results()).toMatchObject({ n1: { message: "one" } });
    expect(replaced).toEqual([]);
  });
});

describe("a result for which there is no room", () => {
  it.each(["RequestEntityTooLarge", "InternalError"] as const)(
    "%s: waits for those before it to leave, for however long that takes",
    async (reason) => {
      const clock = new SimulatedClock();
      let isFull = true;
      const refuses = (): KubeErrorReason | undefined => (isFull ? reason : undefined);
      const { cluster, writer, writes, replaced, report } = await bench(refuses, clock, () => isFull);
      report("n1", result("large", 200 * KIB));
      let written = false;
      void writer.flush().then(() => (written = true));
      await advanceUntil(clock, () => writes.length > 20, 5_000);
      isFull = false;
      await advanceUntil(clock, () => written, 5_000);
      expect(await cluster.results()).toMatchObject({ n1: { phase: "Succeeded", message: "large" } });
      expect(replaced).toEqual([]);
    },
  );
});

describe("fifteen answers of 100 kB in one fan-out", () => {
  it("all arrive, although the task set cannot hold them at the same time", async () => {
    const { cluster, writer, replaced, report } = await bench();
    const ids = Array.from({ length: 15 }, (_, index) => `n${index}`);
    for (const id of ids) report(id, result(id, 100_000));
    let written = false;
    void writer.flush().then(() => (written = true));
    const arrived = new Set<string>();
    await until(
      () => written && arrived.size === ids.length,
      async () => {
        // What a controller does once it has saved the Workflow.
        const found = Object.keys(await cluster.results());
        for (const id of found) arrived.add(id);
        await cluster.patch({ status: { nodes: Object.fromEntries(found.map((id) => [id, null])) } }, "status");
      },
    );
    expect([...arrived].toSorted()).toEqual(ids.toSorted());
    expect(replaced).toEqual([]);
  });
});
