import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scriptedPlugin, succeeded } from "../support/scripted-plugin.ts";
import { System, oneStep } from "../support/system.ts";

const RESPOND = (code: string): string => `
import { createServer } from "node:http";
createServer((request, response) => { ${code} }).listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");`;

// Programs that break the protocol, each in its own way. What a user sees is the message on the step.
const BAD: Record<string, { source: string; message: RegExp }> = {
  garbage: { source: RESPOND(`response.end("<html>")`), message: /garbage.*template\.execute.*<html>/s },
  "an-empty-body": { source: RESPOND(`response.end()`), message: /an-empty-body.*template\.execute.*empty/s },
  "50-mb": {
    source: RESPOND(`response.end("x".repeat(50e6))`),
    message: /50-mb.*template\.execute.*(2097152|2 MiB|limit|large)/s,
  },
  "a-wrong-phase": {
    source: RESPOND(`response.end('{"node":{"phase":"Done"}}')`),
    message: /a-wrong-phase.*node\.phase must be one of/s,
  },
  "a-negative-requeue": {
    source: RESPOND(`response.end('{"node":{"phase":"Running"},"requeue":"-2m"}')`),
    message: /a-negative-requeue.*requeue.*-2m/s,
  },
  "no-duration": {
    source: RESPOND(`response.end('{"node":{"phase":"Running"},"requeue":"soon"}')`),
    message: /no-duration.*requeue must be a duration/s,
  },
  silence: { source: RESPOND(``), message: /silence.*template\.execute.*5 (times|tries).*(answer|time)/s },
  death: { source: RESPOND(`process.exit(3)`), message: /death.*template\.execute/s },
};

describe("a plugin that breaks the protocol fails its step with a message that names it, and harms nobody", () => {
  let system: System;
  beforeAll(async () => {
    // A call is given up after a fraction of the usual 30 s, or nobody would wait for this test.
    const short = { OUTRIGGER_PLUGIN_CALL_TIMEOUT: "1s", OUTRIGGER_PLUGIN_RETRY_DELAY: "10ms" };
    system = await System.start({
      controllerEnv: { ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_AGENT_LINGER: "0s", ...short },
    });
    const good = scriptedPlugin({
      name: "good",
      port: 15_201,
      answers: [succeeded("fine")],
      recordFile: system.file("good"),
    });
    const bad = Object.entries(BAD).map(([name, { source }], index) =>
      scriptedPlugin({ name, port: 15_202 + index, answers: [], recordFile: system.file(name), source }),
    );
    await system.session.apply([good, ...bad]);
  });
  afterAll(() => system[Symbol.asyncDispose]());

  it.each(Object.entries(BAD))("%s", async (name, { message }) => {
    const { status } = await system.run(oneStep(name), { name });
    expect(status).toMatchObject({ phase: "Failed", message: expect.stringMatching(message) as string });
    expect(status?.message?.length).toBeLessThan(1_000);
  });

  it("a plugin that does as it should, beside them all, succeeds", async () => {
    expect((await system.run(oneStep("good"), { name: "beside" })).status?.phase).toBe("Succeeded");
  });
});
