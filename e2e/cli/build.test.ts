import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { outrigger } from "../support/cli.ts";

const PLUGIN = `apiVersion: argoproj.io/v1alpha1
kind: ExecutorPlugin
metadata:
  name: demo
  labels: {team: blue}
  annotations: {workflows.argoproj.io/description: Demonstrates, workflows.argoproj.io/version: ">= v3.3"}
spec:
  sidecar:
    container:
      name: demo-executor-plugin
      image: python:3.13-alpine
      command: [python, -u, -c]
      ports: [{containerPort: 14999}]
      resources: {requests: {cpu: 1m}, limits: {cpu: "1"}}
      securityContext: {runAsNonRoot: true}
`;

describe("outrigger build", () => {
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const build = (): ReturnType<typeof outrigger> => outrigger(["build", "."], { cwd: folder });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-build-"));
    write("plugin.yaml", PLUGIN);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("seed row 4: plugin.yaml becomes a config map and a README; server.* goes into args", async () => {
    write("server.py", 'print("hello")\n');
    expect(await build()).toEqual({
      code: 0,
      stdout: "demo-executor-plugin-configmap.yaml created\nREADME.md created\n",
      stderr: "",
    });
    const text = read("demo-executor-plugin-configmap.yaml");
    expect(text).toMatch(/^# .*[Gg]enerated/);
    const configMap: unknown = parse(text);
    expect(configMap).toMatchObject({
      kind: "ConfigMap",
      metadata: {
        name: "demo-executor-plugin",
        labels: { team: "blue", "workflows.argoproj.io/configmap-type": "ExecutorPlugin" },
        annotations: { "workflows.argoproj.io/description": "Demonstrates" },
      },
      data: { "sidecar.automountServiceAccountToken": "false" },
    });
    const { data } = configMap as { data: Record<string, string> };
    expect(parse(data["sidecar.container"] ?? "")).toMatchObject({
      args: ['print("hello")\n'],
      command: ["python", "-u", "-c"],
    });
    for (const fact of [
      "# demo",
      "Demonstrates",
      ">= v3.3",
      "python:3.13-alpine",
      "apply -f demo-executor-plugin-configmap.yaml",
      "delete configmap demo-executor-plugin",
    ]) {
      expect(read("README.md")).toContain(fact);
    }
  });

  it("goes by Argo's name as well, and writes the same again", async () => {
    write("server.py", "pass\n");
    await build();
    const [configMap, readme] = [read("demo-executor-plugin-configmap.yaml"), read("README.md")];
    expect((await outrigger(["executor-plugin", "build", folder])).code).toBe(0);
    expect([read("demo-executor-plugin-configmap.yaml"), read("README.md")]).toEqual([configMap, readme]);
  });

  it("never overwrites a README that it did not write", async () => {
    write("README.md", "# Mine\n");
    expect((await build()).stdout).toContain("README.md kept: it was not generated");
    expect(read("README.md")).toBe("# Mine\n");
  });

  it("bundles a server.ts, with what it imports, into one argument", async () => {
    write("greeting.ts", 'export const greeting: string = "moin";\n');
    write("server.ts", 'import { greeting } from "./greeting.ts";\nconsole.log(greeting satisfies string);\n');
    expect((await build()).code).toBe(0);
    const { data } = parse(read("demo-executor-plugin-configmap.yaml")) as { data: Record<string, string> };
    const { args } = parse(data["sidecar.container"] ?? "") as { args: string[] };
    expect(args).toHaveLength(1);
    expect(args[0]).toContain("moin");
    expect(args[0]).not.toContain("import");
  });

  const BAD: Record<string, { files: Record<string, string>; want: RegExp }> = {
    "seed row 4: two servers": {
      files: { "server.py": "", "server.js": "" },
      want: /has server\.js and server\.py: only one/,
    },
    "seed row 13: no resources": {
      files: { "plugin.yaml": PLUGIN.replace(/ +resources.*\n/, "") },
      want: /plugin\.yaml:9:5: spec\.sidecar\.container\.resources is required/,
    },
    "seed row 13: no limits": {
      files: { "plugin.yaml": PLUGIN.replace(/, limits: .*?\}/, "") },
      want: /spec\.sidecar\.container\.resources\.limits is required/,
    },
    "seed row 13: no security context": {
      files: { "plugin.yaml": PLUGIN.replace(/ +securityContext.*\n/, "") },
      want: /spec\.sidecar\.container\.securityContext is required/,
    },
    "seed row 8: no port": {
      files: { "plugin.yaml": PLUGIN.replace(/\[\{containerPort: 14999\}\]/, "[]") },
      want: /plugin\.yaml:\d+:7: spec\.sidecar\.container\.ports must list at least one port/,
    },
    "an unknown field": {
      files: { "plugin.yaml": PLUGIN.replace("image:", "imagee:") },
      want: /imagee is not a known field/,
    },
    "broken YAML": { files: { "plugin.yaml": "a: [" }, want: /plugin\.yaml:1:/ },
    "a server that does not compile": { files: { "server.ts": "const = 1;" }, want: /server\.ts:1 cannot be bundled/ },
    "a server that is too long for one argument": {
      files: { "server.py": "#".repeat(130 * 1024) },
      want: /server\.py is 130 KiB.*Put the server into an image/,
    },
  };
  it.each(Object.entries(BAD))(
    "refuses, with the place and what to do, and writes nothing: %s",
    async (_name, { files, want }) => {
      for (const [name, text] of Object.entries(files)) write(name, text);
      const before = readdirSync(folder).sort();
      const { code, stdout, stderr } = await build();
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(want);
      expect(readdirSync(folder).sort()).toEqual(before);
    },
  );
});
