import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LogFile } from "../../src/runtime/logs/log-file.ts";
import { LogStore } from "../../src/runtime/logs/log-store.ts";
import { readLog } from "../../src/runtime/logs/read-log.ts";
import type { ReadLogOptions } from "../../src/runtime/logs/read-log.ts";

const START_MS = Date.UTC(2026, 0, 1);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "outrigger-logs-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A log whose clock moves on by a second with each entry. */
function newLog(maxBytes = 1_000_000): LogFile {
  let nowMs = START_MS;
  return new LogFile({ path: join(folder(), "log"), maxBytes, now: () => (nowMs += 1_000) - 1_000 });
}

async function read(log: LogFile, options: ReadLogOptions = {}, nowMs = START_MS): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of readLog(log, options, nowMs)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("a log file", () => {
  test("keeps lines whole, whatever the pieces in which they come", () => {
    const log = newLog();
    log.write("stdout", Buffer.from("one\ntw"));
    log.write("stderr", Buffer.from("oops\n"));
    log.write("stdout", Buffer.from("o\nrest"));
    log.end();
    expect(readFileSync(log.path, "utf8")).toBe(
      "2026-01-01T00:00:00.000Z stdout F one\n" +
        "2026-01-01T00:00:01.000Z stderr F oops\n" +
        "2026-01-01T00:00:02.000Z stdout F two\n" +
        "2026-01-01T00:00:03.000Z stdout P rest\n",
    );
  });

  test("cuts a line without end into pieces, and reads it as one", async () => {
    const log = newLog();
    const long = "x".repeat(40_000);
    log.write("stdout", Buffer.from(`${long}\nshort\n`));
    expect(await read(log)).toBe(`${long}\nshort\n`);
  });

  test("is cut off at its size: the newest is kept", async () => {
    const log = newLog(500);
    for (let index = 0; index < 100; index += 1) log.write("stdout", Buffer.from(`line ${index}\n`));
    const kept = (await read(log)).trim().split("\n");
    expect(kept.at(-1)).toBe("line 99");
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length).toBeLessThan(25);
    expect(kept).toEqual(kept.map((_, index) => `line ${100 - kept.length + index}`));
  });

  test.each<{ why: string; options: ReadLogOptions; nowMs?: number; want: string }>([
    { why: "all", options: {}, want: "a\nb\nc\n" },
    { why: "the last lines", options: { tailLines: 2 }, want: "b\nc\n" },
    { why: "no lines", options: { tailLines: 0 }, want: "" },
    { why: "more lines than there are", options: { tailLines: 9 }, want: "a\nb\nc\n" },
    {
      why: "with times",
      options: { timestamps: true, tailLines: 1 },
      want: "2026-01-01T00:00:02.000Z c\n",
    },
    { why: "since some seconds", options: { sinceSeconds: 2 }, nowMs: START_MS + 3_000, want: "b\nc\n" },
    { why: "since a time", options: { sinceTime: "2026-01-01T00:00:02Z" }, want: "c\n" },
    { why: "some bytes", options: { limitBytes: 3 }, want: "a\nb" },
  ])("reads $why", async ({ options, nowMs, want }) => {
    const log = newLog();
    log.write("stdout", Buffer.from("a\nb\nc\n"));
    expect(await read(log, options, nowMs)).toBe(want);
  });

  test("is followed to its end, over what is cut off, after the last lines of before", async () => {
    const log = newLog(300);
    log.write("stdout", Buffer.from("old\nlast\n"));
    const reader = readLog(log, { follow: true, tailLines: 1 }, START_MS)[Symbol.asyncIterator]();
    expect(String((await reader.next()).value)).toBe("last\n");
    let seen = "";
    for (let index = 0; index < 40; index += 1) {
      log.write("stdout", Buffer.from(`line ${index}\n`));
      seen += String((await reader.next()).value);
    }
    log.end();
    expect(seen).toBe(Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join(""));
    expect(await reader.next()).toMatchObject({ done: true });
  });

  test("is no longer followed when the reader has gone", async () => {
    const log = newLog();
    const gone = new AbortController();
    const following = read(log, { follow: true, signal: gone.signal });
    log.write("stdout", Buffer.from("a\n"));
    gone.abort();
    expect(["", "a\n"]).toContain(await following);
  });
});

describe("the store", () => {
  function newStore(keepLogs: number): { readonly store: LogStore; readonly path: string } {
    const path = folder();
    return { store: new LogStore({ folder: path, maxBytes: 1_000, keepLogs, now: () => START_MS }), path };
  }
  const ref = (name: string, uid = name) => ({ namespace: "default", name, uid });
  const textOf = async (log: AsyncIterable<Buffer>): Promise<string> => {
    let text = "";
    for await (const chunk of log) text += chunk.toString();
    return text;
  };

  test("keeps the present run and the one before", async () => {
    const { store } = newStore(1);
    const logs = store.open(ref("p"), ["main"], () => undefined);
    for (const run of ["first", "second", "third"]) logs.newRun("main").note(run);
    expect(await textOf(store.read(ref("p"), "main", {}))).toBe("outrigger: third\n");
    expect(await textOf(store.read(ref("p"), "main", { previous: true }))).toBe("outrigger: second\n");
  });

  test("says why there is no log, in the API server's words", () => {
    const { store } = newStore(1);
    const logs = store.open(ref("p"), ["main"], () => "PodInitializing");
    const refusal = (name: string, container: string, options: ReadLogOptions = {}): unknown => {
      try {
        return store.read(ref(name), container, options);
      } catch (error) {
        return error;
      }
    };
    expect(refusal("q", "main")).toMatchObject({ reason: "NotFound", message: 'pods "q" not found' });
    expect(refusal("p", "x")).toMatchObject({ reason: "BadRequest", message: "container x is not valid for pod p" });
    expect(refusal("p", "main")).toMatchObject({
      message: 'container "main" in pod "p" is waiting to start: PodInitializing',
    });
    logs.newRun("main");
    expect(refusal("p", "main", { previous: true })).toMatchObject({
      message: 'previous terminated container "main" in pod "p" not found',
    });
  });

  test("forgets the oldest of the pods that are gone; a name means the newest pod", async () => {
    const { store, path } = newStore(1);
    const old = store.open(ref("p", "1"), ["main"], () => undefined);
    old.newRun("main").note("old");
    store.podGone(old);
    expect(await textOf(store.read(ref("p"), "main", {}))).toBe("outrigger: old\n");
    const young = store.open(ref("p", "2"), ["main"], () => undefined);
    young.newRun("main").note("new");
    store.podGone(store.open(ref("q"), ["main"], () => undefined));
    expect(existsSync(join(path, "1"))).toBe(false);
    expect(await textOf(store.read(ref("p"), "main", {}))).toBe("outrigger: new\n");
  });
});
