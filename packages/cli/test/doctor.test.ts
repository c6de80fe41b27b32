import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Finding } from "../src/doctor/finding.ts";
import { formatFinding, summary } from "../src/doctor/finding.ts";
import { outrigger } from "./support/cli.ts";
import { PALETTE } from "./support/palette.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("doctor, of this machine", () => {
  it("looks at plugins together, and at ports that others have", async () => {
    const folder = mkdtempSync(join(tmpdir(), "outrigger-doctor-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const python = (name: string, change: (manifest: string) => string): string => {
      const at = join(folder, name);
      cpSync(join(ROOT, "examples/python"), at, { recursive: true });
      const manifest = join(at, "plugin.yaml");
      writeFileSync(manifest, change(readFileSync(manifest, "utf8")));
      return at;
    };
    const taken = python("taken", (text) => text.replace("14375", String(port)));
    const twin = python("twin", (text) => text.replaceAll("word-count", "twin"));
    const other = python("other", (text) => text);
    const broken = python("broken", (text) => text.replace("ports:", "portz:"));
    mkdirSync(join(folder, "empty"));
    const folders = [taken, twin, other, broken, join(folder, "empty")];
    const { code, stdout } = await outrigger(["doctor", "--local", "-o", "json", "--plugin", ...folders]);
    const found = (JSON.parse(stdout) as Finding[]).filter(({ check }) => check === "plugins" || check === "ports");
    expect(found.map(({ verdict, where }) => `${verdict} ${where.replace(folder, "")}`)).toEqual([
      "ok /taken",
      "ok /twin",
      "ok /other",
      "fail /broken",
      "fail /empty",
      "warn word-count",
      "warn port 14375",
      `warn port ${port}`,
    ]);
    expect(found.at(-2)?.what).toBe(
      `twin (${twin}) and word-count (${other}) share it: a Workflow that uses both cannot run`,
    );
    expect(code).toBe(1);
  });

  it("is content where nothing is wrong, and says which Node runs", async () => {
    const { code, stdout, stderr } = await outrigger(["doctor", "--local", "--plugin", join(ROOT, "plugins/hello")]);
    expect(stdout).toContain(`node       Node ${process.version}, outrigger `);
    expect(stderr).toMatch(/^(all \d are as they should be|of \d: 0 in the way, 1 worth a look)\n$/); // mounts are not to be had everywhere
    expect(code).toBe(0);
  });
});

it("a finding is a line, and one more with what to do", () => {
  const finding: Finding = { verdict: "fail", check: "crds", where: "a", what: "is missing", next: "install it" };
  expect(formatFinding(finding, PALETTE)).toBe("✖ crds       a: is missing\n             → install it\n");
  expect(summary([finding, { ...finding, verdict: "ok" }])).toBe("of 2: 1 in the way, 0 worth a look");
});
