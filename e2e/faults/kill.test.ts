import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { at, recordedCalls, scriptedPlugin, succeeded } from "../support/scripted-plugin.ts";
import type { RecordedCall } from "../support/scripted-plugin.ts";
import { chain } from "./support/chain.ts";
import { Processes } from "./support/processes.ts";

// Answers a while after it was called; writes the call down at once.
const SLOW = `
import { createServer } from "node:http";
import { appendFileSync } from "node:fs";
createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk)).on("end", () => {
    if (request.method !== "POST") return response.writeHead(404).end();
    const { method, url: path, headers } = request;
    appendFileSync(process.env.RECORD, JSON.stringify({ method, path, headers, body: JSON.parse(text) }) + "\\n");
    setTimeout(() => response.end(JSON.stringify({ node: { phase: "Succeeded" } })), 1_500);
  });
}).listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");
`;

describe.runIf(existsSync("/proc"))("kill -9 (skipped where there is no /proc)", () => {
  let processes: Processes;
  let quick: string;
  let slow: string;

  beforeAll(async () => {
    processes = await Processes.start();
    quick = join(processes.folder, "quick.jsonl");
    slow = join(processes.folder, "slow.jsonl");
    const answers = [succeeded("done")];
    await processes.install(scriptedPlugin({ name: "quick", port: 14_711, answers, recordFile: quick }));
    await processes.install(scriptedPlugin({ name: "slow", port: 14_712, answers, recordFile: slow, source: SLOW }));
  });
  afterAll(() => processes[Symbol.asyncDispose]());

  async function calls(file: string, count: number): Promise<readonly RecordedCall[]> {
    await vi.waitUntil(() => recordedCalls(file).length >= count, { timeout: 10_000, interval: 5 });
    return recordedCalls(file);
  }

  it("of the controller, mid-chain: the Workflow goes on, each call is made once", async () => {
    await processes.submit(chain("chain", [{ quick: {} }, { quick: {} }, { quick: {} }, { quick: {} }]));
    await calls(quick, 2);
    processes.killController();
    expect((await processes.ended("chain")).status?.phase).toBe("Succeeded");
    expect(recordedCalls(quick).length).toBe(4);
  });

  it("of the agent, during a call: the call is made again, with the same idempotency key", async () => {
    await processes.submit(chain("call", [{ slow: {} }]));
    await calls(slow, 1);
    processes.killAgents();
    expect((await processes.ended("call")).status?.phase).toBe("Succeeded");
    const keys = recordedCalls(slow).map(({ body }) => at(body, "node", "idempotencyKey"));
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toEqual(expect.stringMatching(/\/0$/));
  });
});
