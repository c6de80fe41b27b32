import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { VERSION } from "@outrigger/types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { STAMPED, stampFiles } from "../release/stamp-files.ts";

const root = dirname(dirname(import.meta.dirname));
const AFTER = "77.8.9";
const today = new Date("2026-12-01T12:00:00Z");

describe("a release", () => {
  let folder: string;
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-release-"));
    for (const path of [...STAMPED, "packages/types/package.json"]) cpSync(join(root, path), join(folder, path));
    const manifest = join(folder, "packages/types/package.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(VERSION, AFTER));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("puts its version wherever the one before it stood: the chart, the manifests, the examples, the lock", () => {
    stampFiles(folder, { dryRun: false, today });
    expect(read("packages/types/src/version.ts")).toContain(`VERSION = "${AFTER}"`);
    expect(read("deploy/charts/outrigger/Chart.yaml")).toMatch(new RegExp(`version: ${AFTER}\\nappVersion: ${AFTER}`));
    const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { version: string }> };
    expect(packages["packages/agent"]).toMatchObject({ version: AFTER, dependencies: { "@outrigger/kube": AFTER } });
    for (const path of ["deploy/install.yaml", "deploy/shared-agent.yaml", "plugins/hello/package.json"])
      expect(read(path)).not.toContain(VERSION);
  });

  it("makes a section of its own out of what is unreleased", () => {
    stampFiles(folder, { dryRun: false, today });
    expect(read("CHANGELOG.md")).toContain(`## Unreleased\n\n## ${AFTER} (2026-12-01)\n\n### Added\n`);
  });

  it("tried dry, changes nothing", () => {
    const before = read("deploy/install.yaml");
    expect(stampFiles(folder, { dryRun: true, today })).toContain("deploy/install.yaml");
    expect(read("deploy/install.yaml")).toBe(before);
  });
});
