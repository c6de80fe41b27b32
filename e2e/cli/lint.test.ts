import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPluginFolder } from "outrigger";
import { BIN, ROOT, outrigger } from "../support/cli.ts";
import { System } from "../support/system.ts";

const SLACK = join(ROOT, "plugins/slack");

const WORKFLOW = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: tell-}
spec:
  entrypoint: main
  templates:
  - name: main
    plugin:
      slack: {text: "{{workflow.name}} is done"}
`;

describe("outrigger lint", () => {
  let folder: string;
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const lint = (...args: readonly string[]): ReturnType<typeof outrigger> =>
    outrigger(["lint", ...args], { cwd: folder });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "outrigger-lint-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("finds nothing in the examples and the plugins of this repository", async () => {
    const { code, stdout, stderr } = await outrigger(["lint", "examples", "plugins"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^\d+ files, 0 errors, 0 warnings\n$/);
  });

  it("tells file, line, column and field of what is wrong, in all files, and exits with 1", async () => {
    write("a.yaml", WORKFLOW.replace("entrypoint: main", "entrypoint: mian\n  onexit: main"));
    write("sub/b.yaml", WORKFLOW.replace("is done", "{{inputs.parameters.who}}"));
    write("sub/c.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: [");
    const { code, stdout } = await lint(".", "--plugin", SLACK);
    expect(stdout.split("\n")).toEqual([
      "a.yaml:5:3: error: spec.entrypoint template name 'mian' undefined",
      "a.yaml:6:3: error: spec.onexit is not a known field; did you mean onExit?",
      expect.stringContaining("sub/b.yaml:9:15: error: spec.templates[0].plugin.slack.text templates.main: failed"),
      expect.stringContaining("sub/c.yaml:3:"),
      "",
    ]);
    expect(code).toBe(1);
  });

  it.each([
    [
      "{txt: hi}",
      [
        "9:7: error: spec.templates[0].plugin.slack.text is required",
        "9:15: error: spec.templates[0].plugin.slack.txt is not a known field",
      ],
    ],
    ["{text: 5}", ["9:15: error: spec.templates[0].plugin.slack.text must be string"]],
    ["{text: ''}", ["9:15: error: spec.templates[0].plugin.slack.text must NOT have fewer than 1 characters"]],
    ["{text: '{{workflow.uid}}'}", []],
    ["nothing", ["9:7: error: spec.templates[0].plugin.slack must be object"]],
    ["'{{workflow.uid}}'", []],
  ])("holds what a plugin gets against what it takes: %s", async (input, problems) => {
    write("wf.yaml", WORKFLOW.replace(/\{text.*\}/, input));
    const { code, stdout } = await lint("wf.yaml", "--plugin", SLACK);
    expect(stdout).toBe(problems.map((problem) => `wf.yaml:${problem}\n`).join(""));
    expect(code).toBe(problems.length === 0 ? 0 : 1);
  });

  it("`run` refuses the same, before anything starts", async () => {
    write("wf.yaml", WORKFLOW.replace("text:", "txt:"));
    expect(await outrigger(["run", "wf.yaml", "--plugin", SLACK], { cwd: folder })).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: wf.yaml:9:7: spec.templates[0].plugin.slack.text is required\n" +
        "wf.yaml:9:15: spec.templates[0].plugin.slack.txt is not a known field\n",
    });
  });

  it("warns of a key that belongs to no plugin by its name, as JSON too", async () => {
    write("wf.yaml", WORKFLOW.replace("slack:", "slak:"));
    const { code, stdout } = await lint("wf.yaml", "--plugin", SLACK, "-o", "json");
    expect(JSON.parse(stdout)).toEqual([
      {
        file: "wf.yaml",
        line: 9,
        column: 7,
        path: "spec.templates[0].plugin.slak",
        severity: "warning",
        message: expect.stringMatching(
          /^belongs to no plugin by its name \(known here: slack-executor-plugin\)/,
        ) as string,
      },
    ]);
    expect(code).toBe(0);
  });

  it("knows the plugins that are installed in a cluster", async () => {
    await using system = await System.start();
    await system.session.install([await readPluginFolder(SLACK)], ["default"]);
    write("wf.yaml", WORKFLOW.replace("text:", "txt:"));
    const env = { KUBECONFIG: system.session.cluster.kubeconfigPath };
    const { stdout } = await outrigger(["lint", "wf.yaml", "--cluster"], { cwd: folder, env });
    expect(stdout).toContain("spec.templates[0].plugin.slack.text is required");
  });

  it("reads standard input", () => {
    const input = WORKFLOW.replace("entrypoint: main", "entrypoint: false");
    const { stdout, status } = spawnSync(process.execPath, [BIN, "lint", "-", "--plugin", SLACK], {
      input,
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^-:5:3: error: spec.entrypoint must be a string, not false /);
    expect(status).toBe(1);
  });

  it("exits with 2 for a path that is not there, and for a schema that is none", async () => {
    expect(await lint("missing.yaml")).toMatchObject({ code: 2, stdout: "" });
    write("plugins/odd/plugin.yaml", readFileSync(join(SLACK, "plugin.yaml"), "utf8"));
    write("plugins/odd/input.schema.json", '{"type": "text"}');
    write("wf.yaml", WORKFLOW);
    const { code, stderr } = await lint("wf.yaml");
    expect(stderr).toMatch(/^error: plugin slack-executor-plugin: annotation outrigger.dev\/input-schema: /);
    expect(code).toBe(2);
  });
});
