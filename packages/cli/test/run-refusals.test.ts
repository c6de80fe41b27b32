import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outrigger } from "./support/cli.ts";

const HELLO = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: wf}\nspec:\n";

describe("outrigger run", () => {
  let folder: string;
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-cli-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const BAD: Record<string, { text: string; want: string }> = {
    "broken YAML": { text: "a: [", want: "bad.yaml:1:" },
    "no workflow": { text: "kind: ConfigMap\nmetadata: {name: a}\n", want: "bad.yaml: no Workflow in there" },
    "an unquoted n": {
      text: `${HELLO}  entrypoint: main\n  templates:\n  - name: n\n    plugin: {hello: {}}\n`,
      want: "bad.yaml:7:5: spec.templates[0].name must be a string, not false (quote it",
    },
    "no entrypoint": { text: `${HELLO}  templates: [{name: main, plugin: {hello: {}}}]\n`, want: "entrypoint" },
    "an unknown template": {
      text: `${HELLO}  entrypoint: main\n  templates: [{name: main, steps: [[{name: a, template: ghost}]]}]\n`,
      want: "template name 'ghost' undefined",
    },
    "a template with two bodies": {
      text: `${HELLO}  entrypoint: main\n  templates: [{name: main, plugin: {hello: {}}, suspend: {}}]\n`,
      want: "spec.templates[0]",
    },
    "a cycle": {
      text: `${HELLO}  entrypoint: main\n  templates:\n  - name: main\n    dag: {tasks: [{name: a, template: h, depends: b}, {name: b, template: h, depends: a}]}\n  - {name: h, plugin: {hello: {}}}\n`,
      want: "cycle",
    },
    "a field that is not supported yet": {
      text: `${HELLO}  entrypoint: main\n  templates: [{name: main, daemon: true, plugin: {hello: {}}}]\n`,
      want: "spec.templates[0].daemon",
    },
  };
  it.each(Object.entries(BAD))(
    "exits 2 before anything starts, in one line with file and field: %s",
    async (_name, { text, want }) => {
      const file = write("bad.yaml", text);
      const { code, stdout, stderr } = await outrigger(["run", file], { cwd: folder });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(want);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      expect(stderr).toMatch(/^error: /);
    },
  );

  it("exits 2 for a file that is not there and for an option that does not exist", async () => {
    expect(await outrigger(["run", "ghost.yaml"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("ghost.yaml cannot be read") as string,
    });
    expect((await outrigger(["run", "examples/hello.yaml", "--fast"])).code).toBe(2);
  });
});
