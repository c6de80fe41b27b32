import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, outrigger } from "../support/cli.ts";
import { hasGo, hasSocat } from "../support/installed.ts";

const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "examples/README.md",
  ...globSync("{packages,plugins}/*/README.md", { cwd: ROOT }),
  ...globSync("docs/*.md", { cwd: ROOT }),
];

/** Lines that a reader would type: indented by four spaces, or in a fence of sh. */
function commandsOf(document: string): readonly string[] {
  const text = readFileSync(join(ROOT, document), "utf8");
  const fenced = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, body = ""]) => body.split("\n"));
  const indented = text.split("\n").filter((line) => /^ {4}\S/.test(line));
  const inline = [...text.matchAll(/`((?:npx outrigger|npm (?:run|test))[^`]*)`/g)].map(([, command = ""]) => command);
  return [...fenced, ...indented, ...inline]
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
}

const commands = DOCUMENTS.flatMap((document) => commandsOf(document).map((command) => ({ document, command })));

describe("the documents", () => {
  const manifests = ["package.json", ...globSync("{packages,plugins}/*/package.json", { cwd: ROOT })].map(
    (path) => JSON.parse(readFileSync(join(ROOT, path), "utf8")) as { name: string; scripts?: Record<string, string> },
  );
  const named = commands.flatMap(({ document, command }) =>
    [...command.matchAll(/npm (?:run ([\w:-]+)|(test))(?: -w (\S+))?/g)].map(([, run, test, workspace]) => ({
      document,
      script: run ?? test ?? "",
      workspace: workspace ?? "outrigger-monorepo",
    })),
  );
  it("name npm scripts that exist", () => {
    const exists = ({ script, workspace }: (typeof named)[number]): boolean =>
      manifests.find(({ name }) => name === workspace)?.scripts?.[script] !== undefined;
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((each) => !exists(each))).toEqual([]);
  });

  // What needs an author's own files, a cluster or a terminal of its own has its tests elsewhere: dev.test.ts, build.test.ts.
  const runs = [...new Set(commands.map(({ command }) => command))].filter(
    (command) =>
      /^npx outrigger (run|lint|test) (examples|plugins)/.test(command) &&
      !command.includes("slack") &&
      !command.includes("plugins/greet") && // quickstart.test.ts
      (hasGo || !command.includes("examples/go")) &&
      (hasSocat || !command.includes("examples/shell")),
  );
  it.each(runs)("tell commands that work: %s", async (command) => {
    const args = command.replace("npx outrigger ", "").split(" ");
    expect(await outrigger(args)).toMatchObject({ code: 0 });
  });

  it("tell a line that opens a cluster in this very shell, and what to do in it", async () => {
    const line = commands.map(({ command }) => command).find((command) => command.includes("npx outrigger dev)")) ?? "";
    const inIt = commandsOf("README.md").filter((command) => /^npx outrigger (submit|list)/.test(command));
    expect(inIt).toHaveLength(2);
    const shell = spawn("bash", ["-c", [line, ...inIt].join(" && ")], {
      cwd: ROOT,
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      let written = "";
      shell.stdout.on("data", (chunk: Buffer) => (written += chunk.toString()));
      await once(shell, "exit");
      expect(written).toMatch(/✔ hello-\w+ Succeeded[^]*\nNAME +STATUS .*\nhello-\w+ +Succeeded /);
    } finally {
      process.kill(-(shell.pid ?? 0)); // the cluster stands beside the shell, in its process group
    }
  });

  it("link to files that exist", () => {
    const broken = [...DOCUMENTS, "ARCHITECTURE.md", ...globSync("docs/**/*.md", { cwd: ROOT })].flatMap((document) => {
      const text = readFileSync(join(ROOT, document), "utf8");
      return [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)]
        .map(([, target = ""]) => join(dirname(document), target))
        .filter((target) => globSync(target, { cwd: ROOT }).length === 0)
        .map((target) => `${document} → ${target}`);
    });
    expect(broken).toEqual([]);
  });
});

describe("the README's plugin", () => {
  const [, source = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-readme-"));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "greet"));
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    writeFileSync(join(folder, "greet/server.ts"), source);
    cpSync(join(ROOT, "plugins/hello/plugin.yaml"), join(folder, "greet/plugin.yaml"));
    const manifest = readFileSync(join(folder, "greet/plugin.yaml"), "utf8").replaceAll("hello", "greet");
    writeFileSync(join(folder, "greet/plugin.yaml"), manifest);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is at most fifteen lines", () => {
    expect(source.trim().split("\n").length).toBeLessThanOrEqual(15);
  });

  it("compiles in strict TypeScript", () => {
    const config = {
      extends: join(ROOT, "tsconfig.base.json"),
      compilerOptions: {
        noEmit: true,
        customConditions: ["@outrigger/source"],
        typeRoots: [join(ROOT, "node_modules/@types")],
      },
      files: ["greet/server.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
    expect(tsc.stdout).toBe("");
    expect(tsc.status).toBe(0);
  });

  it("runs", async () => {
    const workflow =
      "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: wf}\nspec: {entrypoint: main, templates: [{name: main, plugin: {greet: {}}}]}\n";
    writeFileSync(join(folder, "workflow.yaml"), workflow);
    const { code, stdout } = await outrigger(["run", "workflow.yaml"], { cwd: folder });
    expect(stdout).toContain("Hello world, says wf! greeted=true");
    expect(code).toBe(0);
  });
});
