import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, outrigger } from "../support/cli.ts";

const TEXT = readFileSync(join(ROOT, "docs/quickstart.md"), "utf8");

/** What the reader puts into which file. */
const FILES = Array.from(TEXT.matchAll(/```\w+ \[([^\]]+)\]\n([^]*?)```/g), ([, file = "", text = ""]) => ({
  file,
  text,
}));

/** A clone, as far as the reader sees it: what is installed and configured there, and a folder for plugins. */
describe("the quickstart, followed to the letter", () => {
  let clone: string;
  const run = async (line: string): Promise<string> => {
    const args = line.replace("npx outrigger ", "").split(" ");
    const { code, stdout, stderr } = await outrigger(args, { cwd: clone });
    expect({ line, code, stderr }).toMatchObject({ code: 0 });
    return stdout;
  };
  beforeAll(async () => {
    clone = mkdtempSync(join(tmpdir(), "outrigger-quickstart-"));
    for (const name of ["node_modules", "vitest.config.ts", "tools", "tsconfig.base.json"])
      symlinkSync(join(ROOT, name), join(clone, name));
    writeFileSync(join(clone, "package.json"), '{"type": "module"}');
    mkdirSync(join(clone, "plugins"));
    await run("npx outrigger init greet --dir plugins/greet");
  });
  afterAll(() => rmSync(clone, { recursive: true, force: true }));

  it("begins with a plugin that runs, and has a place for each piece of code", async () => {
    expect(await run("npx outrigger run plugins/greet/workflow.yaml --plugin plugins/greet")).toContain("Hello world!");
    expect(FILES.map(({ file }) => file)).toEqual([
      "greet.ts",
      "input.schema.json",
      "test/greet.test.ts",
      "workflow.yaml",
      "test/workflow.test.ts",
    ]);
    for (const { file, text } of FILES) writeFileSync(join(clone, "plugins/greet", file), text);
  });

  it("ends with one that compiles in strict TypeScript, passes its tests, and greets twice", async () => {
    const config = { extends: "./tsconfig.base.json", compilerOptions: TYPES, include: ["plugins/greet/**/*.ts"] };
    writeFileSync(join(clone, "tsconfig.json"), JSON.stringify(config));
    const tsc = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", clone], { encoding: "utf8" });
    expect(tsc).toMatchObject({ stdout: "", status: 0 });
    const vitest = join(ROOT, "node_modules/.bin/vitest");
    const { stdout } = await promisify(execFile)(vitest, ["run", "plugins/greet"], { cwd: clone });
    expect(stdout).toMatch(/Tests .*4 passed/);
    await run("npx outrigger lint plugins/greet");
    const ended = await run("npx outrigger run plugins/greet/workflow.yaml --plugin plugins/greet");
    expect(ended).toContain("Salut Salut world!!");
  });

  it("ships it", async () => {
    expect(await run("npx outrigger build plugins/greet")).toContain("greet-executor-plugin-configmap.yaml created");
  });
});

const TYPES = {
  noEmit: true,
  rewriteRelativeImportExtensions: false,
  allowImportingTsExtensions: true,
  customConditions: ["@outrigger/source"],
};
