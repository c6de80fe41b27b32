// `npm run published`, after a build: publishes all packages to a registry on this machine, and does with them, in an empty folder elsewhere, what
// a new user does: installs them, runs the README's plugin, and takes plugins of `outrigger init` through their tests.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { run } from "../command.ts";
import { publishPackages } from "../publish-packages.ts";
import { LocalRegistry } from "./registry.ts";

const root = dirname(dirname(import.meta.dirname));

// This very Node comes first: that of the machine may be older.
const PATH = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);

/** A project of somebody else's. */
class Project {
  readonly folder: string;
  readonly #npmrc: string;

  constructor(folder: string, npmrc: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#npmrc = npmrc;
  }

  within(name: string): Project {
    return new Project(join(this.folder, name), this.#npmrc);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  install(...packages: readonly string[]): void {
    this.npm("install", "--no-audit", "--no-fund", ...packages);
  }

  npm(...args: readonly string[]): string {
    return run(["npm", ...args, "--userconfig", this.#npmrc], { cwd: this.folder, env: { PATH } });
  }

  /** A program that is installed there. */
  exec(program: string, ...args: readonly string[]): string {
    return run([join(this.folder, "node_modules/.bin", program), ...args], { cwd: this.folder, env: { PATH } });
  }
}

let passed = 0;

function say(what: string): void {
  passed += 1;
  console.log(`published: ${what}`);
}

/** The plugin that the README begins with, served from source and called once. */
async function readmesPlugin(project: Project): Promise<void> {
  const [, plugin = ""] = /```ts\n(import[^]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  project.write("package.json", JSON.stringify({ name: "theirs", private: true, type: "module" }));
  project.install("@outrigger/sdk", "@opentelemetry/api");
  project.write("plugin.ts", plugin.replace("serve(greet)", "serve(greet, { port: 0, token: false })"));
  await serveOnce(project.folder);
  say("the README's plugin is served by the packed SDK");
}

async function serveOnce(folder: string): Promise<void> {
  const child = spawn(process.execPath, ["plugin.ts"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes("Plugin is listening")) resolve(text);
  });
  child.once("exit", () => resolve(text));
  const said = await promise;
  child.kill("SIGTERM");
  if (!said.includes('"keys":["greet"]')) throw new Error(`the README's plugin does not listen: ${said}`);
}

/** What `outrigger init` makes: its own tests, types and a Workflow on the embedded cluster, as its README says. */
function newPlugin(name: string, template: string, parent: Project): void {
  parent.exec("outrigger", "init", name, "--template", template);
  const project = parent.within(name);
  project.install();
  project.npm("test");
  for (const command of ["lint", "build"]) project.exec("outrigger", command, ".");
  if (template !== "typescript") return;
  const ended = project.exec("outrigger", "run", "workflow.yaml", "--plugin", ".");
  if (!ended.includes("Succeeded")) throw new Error(ended);
  project.exec("outrigger", "test", ".");
}

const folder = mkdtempSync(join(tmpdir(), "outrigger-published-"));
try {
  using registry = await LocalRegistry.start(join(folder, "registry"));
  const published = publishPackages(["--userconfig", registry.npmrc, "--registry", registry.url, "--no-provenance"]);
  say(`${published.length} packages are at ${registry.url}`);
  await readmesPlugin(new Project(join(folder, "readme"), registry.npmrc));
  const elsewhere = new Project(join(folder, "elsewhere"), registry.npmrc);
  elsewhere.write("package.json", JSON.stringify({ private: true }));
  elsewhere.install("outrigger");
  for (const template of ["typescript", "slack", "http-poll"]) {
    newPlugin(`my-${template}`, template, elsewhere);
    say(`outrigger init --template ${template}: installed, tested, linted and built`);
  }
  console.log(`${passed} passed, 0 failed`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log(`${passed} passed, 1 failed`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
