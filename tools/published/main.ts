// `npm run published`, after a build: publishes all packages to a registry on this machine, and does with them, in an empty folder elsewhere, what
// a new user does: installs them, runs the README's plugin, and takes a plugin through its tests to a Workflow.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { run } from "../command.ts";
import { publishPackages } from "../publish-packages.ts";
import { LocalRegistry } from "./registry.ts";

const root = dirname(dirname(import.meta.dirname));

// This very Node comes first: that of the machine may be older.
const PATH = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** A project of somebody else's. */
class Project {
  readonly folder: string;
  readonly #npmrc: string;

  constructor(folder: string, npmrc: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#npmrc = npmrc;
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

/** An example plugin, copied as its README says: types, tests, and a Workflow on the embedded cluster. */
function copiedPlugin(project: Project, versions: Manifest["devDependencies"]): void {
  cpSync(join(root, "plugins/hello"), project.folder, {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  project.install(
    ...["vitest", "vite", "typescript", "@types/node"].map((name) => `${name}@${versions[name] ?? "latest"}`),
  );
  project.write("tsconfig.json", JSON.stringify({ compilerOptions: TYPES, include: ["*.ts", "test/*.ts"] }));
  project.exec("tsc", "--noEmit", "-p", "tsconfig.json");
  project.exec("vitest", "run");
  const ended = project.exec("outrigger", "run", "workflow.yaml", "--plugin", ".");
  if (!ended.includes("Succeeded")) throw new Error(ended);
  for (const command of ["lint", "build", "test"]) project.exec("outrigger", command, ".");
  say("plugins/hello, copied: types, tests, run, lint, build and the protocol's cases, by the packed command line");
}

const TYPES = {
  module: "nodenext",
  target: "esnext",
  strict: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: ["node"],
};

const folder = mkdtempSync(join(tmpdir(), "outrigger-published-"));
try {
  using registry = await LocalRegistry.start(join(folder, "registry"));
  const published = publishPackages(["--userconfig", registry.npmrc, "--registry", registry.url, "--no-provenance"]);
  say(`${published.length} packages are at ${registry.url}`);
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  await readmesPlugin(new Project(join(folder, "readme"), registry.npmrc));
  copiedPlugin(new Project(join(folder, "copied"), registry.npmrc), devDependencies);
  console.log(`${passed} passed, 0 failed`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log(`${passed} passed, 1 failed`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
