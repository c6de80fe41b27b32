import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outrigger } from "../support/cli.ts";

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

  it("runs the hello workflow: the tree, the message, the output, exit code 0", async () => {
    const { code, stdout, stderr } = await outrigger(["run", "examples/hello.yaml"]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/✔ hello-\w+ Succeeded/);
    expect(stdout).toMatch(/✔ hello-\w+ Hello template! foo=bar/);
    expect(code).toBe(0);
  });

  it("prints the workflow as JSON, as YAML, or its name, and nothing else", async () => {
    const json = await outrigger(["run", "examples/hello.yaml", "-o", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: "Workflow", status: { phase: "Succeeded" } });
    const yaml = await outrigger(["run", "examples/hello.yaml", "-o", "yaml"]);
    expect(yaml.stdout).toMatch(/^apiVersion: argoproj.io\/v1alpha1\n[\s\S]*phase: Succeeded/);
    const name = await outrigger(["run", "examples/hello.yaml", "-o", "name"]);
    expect(name.stdout).toMatch(/^workflow\.argoproj\.io\/hello-\w+\n$/);
  });

  it("makes the requests of http templates, with no plugin at all", async () => {
    const server = createServer((request, response) => response.end(`${request.method} ${request.url}`));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const file = write(
      "http.yaml",
      `${HELLO}  entrypoint: main
  templates:
  - name: main
    http: {url: "http://127.0.0.1:${port}/items", method: POST, successCondition: 'response.body startsWith "POST"'}
`,
    );
    const { code, stdout } = await outrigger(["run", file]);
    server.close();
    expect(stdout).toContain("result=POST /items");
    expect(code).toBe(0);
  });

  it("uses no colour where the output is no terminal, in CI neither", async () => {
    const { stdout } = await outrigger(["run", "examples/steps.yaml"], { env: { CI: "true" } });
    expect(stdout).not.toContain("\u001B");
    expect(stdout).toContain("├─ ");
  });

  it("sets parameters, and tells a name that nothing declares or mentions", async () => {
    const file = write(
      "greet.yaml",
      `${HELLO}  entrypoint: main
  arguments: {parameters: [{name: who, value: nobody}]}
  templates:
  - name: main
    steps: [[{name: greet, template: greet, arguments: {parameters: [{name: name, value: "{{workflow.parameters.who}}"}]}}]]
  - name: greet
    inputs: {parameters: [{name: name}]}
    plugin: {hello: {}}
`,
    );
    const plugin = ["--plugin", "plugins/hello"];
    expect((await outrigger(["run", file, ...plugin, "-p", "who=Ada"])).stdout).toContain("Hello Ada!");
    expect(await outrigger(["run", file, ...plugin, "-p", "whom=Ada"])).toMatchObject({
      code: 2,
      stderr: "error: -p whom: no such workflow parameter (declared: who)\n",
    });
  });

  it("exits 1 when a workflow fails, and says why", async () => {
    const file = write("fails.yaml", `${HELLO}  entrypoint: main\n  templates: [{name: main, plugin: {nobody: {}}}]\n`);
    const { code, stdout } = await outrigger(["run", file, "--plugin", "plugins/hello"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✖ wf Failed .*no plugin executed the template/);
  });

  it("gives up after --timeout, and shows what it waited for", async () => {
    const file = write("waits.yaml", `${HELLO}  entrypoint: main\n  templates: [{name: main, suspend: {}}]\n`);
    const { code, stdout, stderr } = await outrigger(["run", file, "--timeout", "500ms"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("not ended after 0.5s") as string });
    expect(stdout).toMatch(/● wf/);
  });

  it("has help with examples, and a version", async () => {
    const { code, stdout } = await outrigger(["run", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("outrigger run examples/hello.yaml");
    expect((await outrigger(["version"])).stdout).toMatch(/^outrigger \d+\.\d+\.\d+\n$/);
  });
});
