import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { startLocalSession } from "../src/local-session.ts";
import { readPluginManifest } from "../src/plugin/folder.ts";
import { outrigger } from "./support/cli.ts";

const ROOT = join(import.meta.dirname, "../../..");
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
    const { code, stdout, stderr } = await outrigger(["lint", "examples", "plugins"], { cwd: ROOT });
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

  describe("of references", () => {
    const TEMPLATE = `apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: build}
spec:
  arguments: {parameters: [{name: colour}]}
  templates:
  - name: say
    inputs: {parameters: [{name: v}]}
    outputs: {parameters: [{name: o, valueFrom: {path: o}}]}
    plugin: {slack: {text: "{{inputs.parameters.v}} {{workflow.parameters.colour}} {{workflow.parameters.other}}"}}
`;
    const CALLER = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: call-}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - name: a
        templateRef: {name: build, template: say}
        arguments: {parameters: [{name: v, value: hi}]}
    - - name: b
        inline: {plugin: {slack: {text: "{{steps.a.outputs.parameters.o}}"}}}
`;

    it("follows them from file to file, and finds nothing where nothing is wrong", async () => {
      write("a.yaml", CALLER);
      write("b.yaml", TEMPLATE);
      expect(await lint("a.yaml", "b.yaml", "--plugin", SLACK)).toMatchObject({ code: 0, stdout: "" });
    });

    it("tells what is wrong with them, and with what they lead to, each where it stands", async () => {
      write("a.yaml", CALLER.replace("template: say}", "template: sing}").replace("parameters.o}", "parameters.p}"));
      write("b.yaml", TEMPLATE.replace("plugin:", "templateref: {}\n    plugin:").replace("text:", "txt:"));
      write(
        "c.yaml",
        CALLER.replace("value: hi", "valu: hi").replace(
          /kind: Workflow\n(.*)\nspec:\n([^]*)$/,
          (_all, metadata, spec) => {
            return `kind: CronWorkflow\n${metadata}\nspec:\n  workflowSpec:\n${String(spec).replaceAll(/^/gm, "  ").trimEnd()}\n`;
          },
        ),
      );
      const { code, stdout } = await lint(".", "--plugin", SLACK);
      expect(stdout.split("\n")).toEqual([
        expect.stringMatching(
          /^a.yaml:10:9: error: .* template reference build.sing not found: build has the templates say$/,
        ),
        expect.stringMatching(/^a.yaml:13:35: error: .* failed to resolve {{steps.a.outputs.parameters.p}}/),
        expect.stringMatching(/^a.yaml:13:35: error: .* failed to resolve {{steps.a.outputs.parameters.p}}/),
        "b.yaml:10:5: error: spec.templates[0].templateref is not a known field",
        "b.yaml:11:14: error: spec.templates[0].plugin.slack.text is required",
        "b.yaml:11:22: error: spec.templates[0].plugin.slack.txt is not a known field",
        "c.yaml:4:1: error: spec.schedules is required",
        expect.stringMatching(
          /^c.yaml:12:36: error: .*parameters\[0\] templates.main.steps\[0\].a.arguments.v.value or .* is required$/,
        ),
        expect.stringMatching(/^c.yaml:12:46: error: spec.workflowSpec.templates\[0\].*.valu is not a known field$/),
        "",
      ]);
      expect(code).toBe(1);
    });

    it("warns of those that lead out of the files, and leaves open what cannot be known then", async () => {
      write("a.yaml", CALLER);
      write("b.yaml", CALLER.replace(/ {2}entrypoint[^]*/, "  workflowTemplateRef: {name: all, clusterScope: true}\n"));
      const { code, stdout } = await lint(".", "--plugin", SLACK);
      expect(stdout).toBe(
        "a.yaml:10:9: warning: spec.templates[0].steps[0][0].templateRef leads to the WorkflowTemplate build, which is not among these files: give its file too, or --cluster\n" +
          "b.yaml:5:3: warning: spec.workflowTemplateRef leads to the ClusterWorkflowTemplate all, which is not among these files: give its file too, or --cluster\n",
      );
      expect(code).toBe(0);
    });
  });

  it("knows the plugins and WorkflowTemplates of a cluster", async () => {
    const session = await startLocalSession();
    onTestFinished(() => session.stop());
    await session.install([await readPluginManifest(SLACK)], ["default"]);
    const spec = { templates: [{ name: "say", plugin: { slack: { text: "hi" } } }] };
    const metadata = { name: "build", namespace: "default" };
    await session.apply([{ apiVersion: "argoproj.io/v1alpha1", kind: "WorkflowTemplate", metadata, spec }]);
    const calls =
      "[{name: a, templateRef: {name: build, template: say}}, {name: b, templateRef: {name: gone, template: x}}]";
    write("wf.yaml", `${WORKFLOW.replace("text:", "txt:")}  - {name: calls, steps: [${calls}]}\n`);
    const env = { KUBECONFIG: session.cluster.kubeconfigPath };
    const { stdout } = await outrigger(["lint", "wf.yaml", "--cluster"], { cwd: folder, env });
    expect(stdout).toContain("spec.templates[0].plugin.slack.text is required");
    expect(stdout).toContain('template reference gone.x not found: workflowtemplates.argoproj.io "gone" not found');
    expect(stdout).not.toContain("build");
  });

  it("reads standard input", async () => {
    const stdin = WORKFLOW.replace("entrypoint: main", "entrypoint: false");
    const { stdout, code } = await outrigger(["lint", "-", "--plugin", SLACK], { stdin });
    expect(stdout).toMatch(/^-:5:3: error: spec.entrypoint must be a string, not false /);
    expect(code).toBe(1);
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
