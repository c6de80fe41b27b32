import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, outrigger } from "../support/cli.ts";
import { hasPython } from "../support/installed.ts";

describe("the examples", () => {
  const ENDS: Record<string, RegExp> = {
    "examples/hello.yaml": /✔ hello-\w+ Succeeded.*\n✔ hello-\w+ Hello template! foo=bar/,
    "examples/steps.yaml": /✔ steps-\w+ Succeeded[\s\S]*○ never when 'world == nobody' evaluated false[\s\S]*onExit/,
    "examples/dag.yaml": /✔ dag-\w+ Succeeded[\s\S]*each\(2:2\)[\s\S]*✔ collect/,
    "examples/control.yaml": /✔ control-\w+ Succeeded[\s\S]*each\(3:40\)[\s\S]*onExit/,
    "examples/workflow-templates.yaml":
      /✔ calls-\w+ Succeeded[\s\S]*✔ hello Hello[\s\S]*✔ runs-\w+ Succeeded[\s\S]*✔ hello Hello/,
    "examples/memoize.yaml":
      /✔ memoize-\w+ Succeeded[\s\S]*✔ first Hello template! foo=bar\n.*✔ second \(remembered\) foo=bar/,
    "plugins/hello/workflow.yaml": /Succeeded/,
  };
  it.each(Object.entries(ENDS))("%s ends as it says", async (file, want) => {
    const { code, stdout } = await outrigger(["run", file]);
    expect(stdout).toMatch(want);
    expect(code).toBe(0);
  });

  it.skipIf(!hasPython)("a plugin in Python (skipped where there is no Python 3)", async () => {
    const { code, stdout } = await outrigger(["run", "examples/python/workflow.yaml", "-p", "text=one two three"]);
    expect(stdout).toContain("3 words words=3");
    expect(code).toBe(0);
  });

  it("examples/slack.yaml posts to the webhook of its Secret", async () => {
    const folder = mkdtempSync(join(tmpdir(), "outrigger-slack-"));
    const posted: string[] = [];
    const webhook = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        posted.push(body);
        response.end("ok");
      });
    }).listen(0, "127.0.0.1");
    await once(webhook, "listening");
    try {
      const { port } = webhook.address() as AddressInfo;
      const text = readFileSync(join(ROOT, "examples/slack.yaml"), "utf8");
      const file = join(folder, "slack.yaml");
      writeFileSync(file, text.replace(/https:\/\/hooks\S+/, `http://127.0.0.1:${port}/hook`));
      const { code, stdout } = await outrigger(["run", file, "--plugin", "plugins/slack", "-p", "text=Build is green"]);
      expect(stdout).toContain("Succeeded");
      expect(code).toBe(0);
      expect(posted.map((body) => JSON.parse(body) as unknown)).toEqual([{ text: "Build is green" }]);
    } finally {
      webhook.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
