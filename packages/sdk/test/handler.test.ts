import { describe, expect, it } from "vitest";
import { createHandler, createLogger, definePlugin, failed, running, succeeded } from "@outrigger/sdk";
import { EXECUTE, hello, requestFor } from "./plugin-under-test.ts";

describe("the handler without a server", () => {
  const handle = createHandler(hello, { token: "t", maxBodyBytes: 500 });
  const request = { method: "POST", path: EXECUTE, headers: { authorization: "Bearer t" } } as const;

  it("takes text or bytes and answers with status, headers and text", async () => {
    const body = JSON.stringify(requestFor({ hello: {} }));
    const answers = [await handle({ ...request, body }), await handle({ ...request, body: Buffer.from(body) })];
    for (const { status, headers, body: reply } of answers) {
      expect([status, headers["Content-Type"]]).toEqual([200, "application/json"]);
      expect(JSON.parse(reply)).toMatchObject({ node: { phase: "Succeeded" } });
    }
  });

  it("checks token and size itself", async () => {
    expect((await handle({ ...request, headers: {}, body: "{}" })).status).toBe(403);
    expect((await handle({ ...request, body: "x".repeat(501) })).status).toBe(413);
  });
});

describe("results are plain values", () => {
  it.each([
    [succeeded(), { phase: "Succeeded" }],
    [succeeded({ message: "ok", outputs: {} }), { phase: "Succeeded", message: "ok", outputs: {} }],
    [succeeded({ result: 3 }), { phase: "Succeeded", result: 3 }],
    [failed("no"), { phase: "Failed", message: "no" }],
    [failed("no", { outputs: { code: 3 } }), { phase: "Failed", message: "no", outputs: { code: 3 } }],
    [running(), { phase: "Running", requeue: "10s" }],
    [running({ requeueAfter: "2m", state: 7 }), { phase: "Running", requeue: "2m", state: 7 }],
  ])("%#", (result, want) => {
    expect(result).toEqual(want);
  });

  it.each([
    [succeeded({ message: "ok", outputs: {} }), { phase: "Succeeded", message: "ok" }],
    [
      succeeded({
        outputs: {
          text: "as it is",
          count: 2,
          done: true,
          list: [1, "a"],
          map: { a: null },
          none: undefined,
          nil: null,
        },
      }),
      {
        phase: "Succeeded",
        outputs: {
          parameters: [
            { name: "text", value: "as it is" },
            { name: "count", value: "2" },
            { name: "done", value: "true" },
            { name: "list", value: '[1,"a"]' },
            { name: "map", value: '{"a":null}' },
            { name: "nil", value: "null" },
          ],
        },
      },
    ],
    [
      succeeded({ result: { ok: true }, outputs: { at: new Date(0) } }),
      {
        phase: "Succeeded",
        outputs: { parameters: [{ name: "at", value: "1970-01-01T00:00:00.000Z" }], result: '{"ok":true}' },
      },
    ],
    [failed("no", { result: 3 }), { phase: "Failed", message: "no", outputs: { result: "3" } }],
  ])("%# as it travels", async (result, want) => {
    const handle = createHandler(definePlugin({ key: "it", execute: () => result }), { token: false });
    const body = JSON.stringify(requestFor({ it: {} }));
    expect(JSON.parse((await handle({ method: "POST", path: EXECUTE, headers: {}, body })).body)).toEqual({
      node: want,
    });
  });

  it.each(["", "2", "-1s", "0s", "soon"])('running refuses to wait "%s"', (requeueAfter) => {
    expect(() => running({ requeueAfter })).toThrow("must be a positive duration");
  });
});

describe("the logger", () => {
  it("writes one JSON object a line, from its level on, and survives what has no JSON form", () => {
    const lines: string[] = [];
    const log = createLogger({ write: (line) => void lines.push(line) }).child({ a: 1 });
    log.debug("hidden");
    log.info("plain");
    log.warn({ b: 2n }, "strange");
    expect(lines.every((line) => line.endsWith("\n"))).toBe(true);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: "info", a: 1, msg: "plain" },
      { level: "warn", msg: "strange" },
    ]);
  });
});
