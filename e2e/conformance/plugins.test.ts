import { once } from "node:events";
import { cpSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, outrigger } from "../support/cli.ts";
import type { CliResult } from "../support/cli.ts";
import { hasGo, hasSocat } from "../support/installed.ts";

// The first time, with all that it needs of Go's library.
const GO_BUILDS_MS = 120_000;
const ALL_HELD = /^must +\d+ passed(, 1 skipped)?\nshould +7 passed\nextension[^\n]*\nThe contract is held\.\n$/;
const HELD = { code: 0, stdout: expect.stringMatching(ALL_HELD), stderr: "" };

// That in Python is a command of the documents, and run with them.
describe("the examples in other languages hold the protocol", () => {
  it.skipIf(!hasGo)(
    "Go (skipped where there is no Go)",
    async () => expect(await tested("go")).toMatchObject(HELD),
    GO_BUILDS_MS,
  );
  it.skipIf(!hasSocat)("the shell (skipped where there is no socat)", async () =>
    expect(await tested("shell")).toMatchObject(HELD),
  );

  function tested(language: string): Promise<CliResult> {
    const folder = `examples/${language}`;
    return outrigger(["test", folder, "--input", `${folder}/input.yaml`], { timeoutMs: GO_BUILDS_MS });
  }
});

describe("outrigger test", () => {
  let folder: string;
  let server: Server;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-test-"));
    writeFileSync(join(folder, "token"), "a-token\n");
    // Has all calls for its own.
    server = createServer((request, response) => {
      const answer = (status: number, body = ""): unknown =>
        response.writeHead(status, { "Content-Type": "application/json" }).end(body);
      if (request.headers.authorization !== "Bearer a-token") answer(403);
      else if (request.url !== "/api/v1/template.execute") answer(404);
      else
        json(request).then(
          () => answer(200, '{"node":{"phase":"Succeeded"}}'),
          () => answer(400),
        );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it("tells of a plugin that runs what it does wrong, and fails", async () => {
    const input = join(folder, "input.yaml");
    writeFileSync(input, "it: {text: hi}\n");
    const args = ["test", url(), "--token-file", join(folder, "token"), "--input", input, "-o", "json"];
    const { code, stdout } = await outrigger(args);
    const report = JSON.parse(stdout) as {
      cases: readonly { id: string; verdict: string; steps: readonly unknown[] }[];
    };
    const failed = report.cases.filter(({ verdict }) => verdict === "failed");
    expect(failed.map(({ id }) => id)).toEqual(["foreign-key", "garbage-refused"]);
    expect(failed[0]?.steps.length).toBe(1);
    expect(code).toBe(1);
  });

  it("asks for the key where nothing tells it", async () => {
    const { code, stderr } = await outrigger(["test", url(), "--token-file", join(folder, "token")]);
    expect(stderr).toMatch(/^error: http:\S+ does not say which key is its own .*--input/);
    expect(code).toBe(2);
  });

  it("says why a plugin does not start, with its last words", async () => {
    const plugin = join(folder, "plugin");
    cpSync(join(ROOT, "plugins/hello/plugin.yaml"), join(plugin, "plugin.yaml"));
    writeFileSync(join(plugin, "server.js"), 'console.log("no token today"); process.exit(3);');
    const { code, stderr } = await outrigger(["test", plugin]);
    expect(stderr).toBe("error: the plugin has ended with exit code 3\nno token today\n");
    expect(code).toBe(2);
  });

  it("says which object a plugin refers to is missing, and how to give it", async () => {
    const plugin = join(folder, "plugin");
    cpSync(join(ROOT, "plugins/slack/plugin.yaml"), join(plugin, "plugin.yaml"));
    const manifest = readFileSync(join(plugin, "plugin.yaml"), "utf8");
    writeFileSync(join(plugin, "plugin.yaml"), manifest.replaceAll(/ +optional: true\n/g, ""));
    writeFileSync(join(plugin, "server.js"), "");
    const { code, stderr } = await outrigger(["test", plugin]);
    expect(stderr).toMatch(
      /^error: the plugin cannot be started: .*secret "slack-executor-plugin" not found \(--with /,
    );
    expect(code).toBe(2);
  });
});
