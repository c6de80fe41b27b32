import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesBelow } from "../src/files.ts";
import { identifierOf, renamePath, renameText } from "../src/init/rename.ts";
import { TEMPLATE_NAMES } from "../src/init/template-names.ts";
import { outrigger } from "./support/cli.ts";

const ROOT = join(import.meta.dirname, "../../..");
const bin = (name: string): string => join(ROOT, "node_modules/.bin", name);
const hasPython = spawnSync("python3", ["--version"]).status === 0;

// The packages are not published yet: node_modules leads to the workspace, and its sources are used.
const VITEST = `export default {
  resolve: { conditions: ["@outrigger/source"] },
  ssr: { resolve: { conditions: ["@outrigger/source", "node", "module"] } },
  test: { testTimeout: 20_000, execArgv: ["--conditions=@outrigger/source"], pool: "forks", isolate: false, maxWorkers: 1 },
};`;

describe("a new plugin", () => {
  let folder: string;
  const project = (name: string): string => join(folder, name);
  const read = (name: string, file: string): string => readFileSync(join(project(name), file), "utf8");
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-init-"));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "vitest.config.mjs"), VITEST);
    for (const template of TEMPLATE_NAMES) {
      const { code, stderr } = await outrigger([
        "init",
        `my-${template}`,
        "--template",
        template,
        "--dir",
        project(`my-${template}`),
      ]);
      if (code !== 0) throw new Error(stderr);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(TEMPLATE_NAMES)("has all that a project needs, and nothing of its model's name: %s", async (template) => {
    const name = `my-${template}`;
    for (const file of ["README.md", "plugin.yaml", "workflow.yaml", "Dockerfile", ".github/workflows/ci.yaml"]) {
      expect(existsSync(join(project(name), file))).toBe(true);
    }
    expect(read(name, "plugin.yaml")).toContain(`name: ${name}-executor-plugin`);
    expect(read(name, "plugin.yaml")).toMatch(/containerPort: [12]\d{4}\n/);
    expect(read(name, "workflow.yaml")).toContain(`generateName: ${name}-`);
    const texts = (await filesBelow(project(name), () => true)).map((file) => readFileSync(file, "utf8")).join("\n");
    expect(texts).not.toMatch(/(?<![-\w])(?:hello|word-count|slack|http-poll)(?=: |-executor)/);
  });

  it("passes its own tests: those in TypeScript", async () => {
    const { stdout } = await promisify(execFile)(bin("vitest"), ["run", "--root", folder], { cwd: folder });
    expect(stdout).toMatch(/Test Files .*6 passed/);
  });

  it.skipIf(!hasPython)("passes its own tests: that in Python (skipped where there is none)", () => {
    const { status, stderr } = spawnSync("python3", ["-m", "unittest"], {
      cwd: project("my-python"),
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^OK$/m);
    expect(status).toBe(0);
  });

  it("compiles", () => {
    const include = ["my-typescript/**/*.ts", "my-slack/**/*.ts", "my-http-poll/**/*.ts"];
    const extended = join(project("my-slack"), "tsconfig.json");
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: extended, include }));
    // Strictness that the sources of the workspace need, which stand in for published types.
    const flags = ["--customConditions", "@outrigger/source", "--exactOptionalPropertyTypes"];
    const tsc = spawnSync(bin("tsc"), ["-p", folder, ...flags], { encoding: "utf8" });
    expect(tsc).toMatchObject({ stdout: "", status: 0 });
  });

  it.each(TEMPLATE_NAMES)("is sound, and can be built: %s", async (template) => {
    expect(await outrigger(["lint", project(`my-${template}`)])).toMatchObject({ code: 0 });
    const { stdout } = await outrigger(["build", project(`my-${template}`)]);
    expect(stdout).toMatch(/my-[\w-]+-executor-plugin-configmap.yaml created\n.*README.md kept/);
  });

  it("runs its workflow: typescript", async () => {
    const { code, stdout } = await run("my-typescript");
    expect(stdout).toContain("✔ greet Hello world! foo=bar");
    expect(code).toBe(0);
  });

  it.skipIf(!hasPython)("runs its workflow, and holds the protocol: python (skipped where there is none)", async () => {
    expect((await run("my-python")).stdout).toContain("6 words words=6");
    const args = ["test", project("my-python"), "--input", join(project("my-python"), "input.yaml")];
    expect(await outrigger(args, { env: { PATH: process.env["PATH"] ?? "" } })).toMatchObject({ code: 0 });
  });

  it("runs its workflow: slack", async () => {
    const standIn = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
    await once(standIn, "listening");
    const { port } = standIn.address() as AddressInfo;
    const secret = join(project("my-slack"), "secret.yaml");
    writeFileSync(secret, read("my-slack", "secret.example.yaml").replace(/https:\S+/, `http://127.0.0.1:${port}/`));
    const { code, stdout } = await run("my-slack", secret);
    standIn.close();
    expect(stdout).toContain("Succeeded");
    expect(code).toBe(0);
  });

  it("is not made where something is, or under a name that Kubernetes would not take", async () => {
    expect(await outrigger(["init", "x", "--dir", project("my-slack")])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is there, and not empty") as string,
    });
    expect(await outrigger(["init", "My_Plugin"])).toMatchObject({ code: 2 });
  });

  function run(name: string, ...more: readonly string[]): ReturnType<typeof outrigger> {
    const args = ["run", join(project(name), "workflow.yaml"), ...more, "--plugin", project(name)];
    return outrigger(args, { env: { PATH: process.env["PATH"] ?? "" } });
  }
});

describe("a plugin under another name", () => {
  const renaming = { from: "hello", to: "say-hi", identifier: "sayHi", ports: new Map([["14355", "20001"]]) };

  it.each([
    ["test/hello.test.ts", "test/say-hi.test.ts"],
    ["othello.ts", "othello.ts"],
  ])("%s becomes %s", (path, want) => {
    expect(renamePath(path, renaming)).toBe(want);
  });

  it.each([
    ["a.yaml", "name: hello-executor-plugin # 14355, not 143550", "name: say-hi-executor-plugin # 20001, not 143550"],
    ["a.ts", 'import { hello } from "./hello.ts";', 'import { sayHi } from "./say-hi.ts";'],
    ["a.ts", "helloPlugin(`hello ${hello.key}`); // hello", "sayHiPlugin(`say-hi ${sayHi.key}`); // say-hi"],
    ["a.ts", "  // #region hello\nhello();\n  // #endregion\n", "sayHi();\n"],
    ["a.md", "https://api.hello.com, of Hello, says hello.", "https://api.hello.com, of Hello, says say-hi."],
  ])("in %s: %s", (path, text, want) => {
    expect(renameText(path, text, renaming)).toBe(want);
  });

  it.each([
    ["count-words", "countWords"],
    ["delete", "deletePlugin"],
    ["serve", "servePlugin"],
    ["a-1b", "a1b"],
  ])("%s is %s in code", (name, want) => {
    expect(identifierOf(name, ["await serve(it);"])).toBe(want);
  });
});
