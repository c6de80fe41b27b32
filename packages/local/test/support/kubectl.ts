import { execFile, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** Every kubectl on the PATH, each once. */
export function findKubectls(path: string): readonly string[] {
  const found = path
    .split(delimiter)
    .map((folder) => join(folder, "kubectl"))
    .filter(isExecutable)
    .map((file) => realpathSync(file));
  return [...new Set(found)];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One kubectl on one cluster, with a home of its own. */
export class Kubectl {
  readonly #path: string;
  readonly #home = mkdtempSync(join(tmpdir(), "kubectl-home-"));
  readonly #env: Record<string, string>;

  constructor(path: string, kubeconfig: string) {
    this.#path = path;
    this.#env = { HOME: this.#home, KUBECONFIG: kubeconfig, PATH: "/usr/bin:/bin" };
  }

  /** Runs it to its end. */
  run(...args: readonly string[]): Promise<Ran> {
    return this.#exec(args, undefined);
  }

  /** As `run`, but answers what it printed; throws where it failed. */
  async out(...args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(...args);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${err}`);
    return out;
  }

  /** Asks again until it prints that. */
  async until(wanted: string, ...args: readonly string[]): Promise<void> {
    const deadline = Date.now() + 15_000;
    for (let out = await this.out(...args); out !== wanted; out = await this.out(...args)) {
      if (Date.now() > deadline) throw new Error(`kubectl ${args.join(" ")} printed ${out}, not ${wanted}`);
    }
  }

  /** As `out`, with a manifest as its standard input; `-f -` is added. */
  async feed(manifest: string, ...args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.#exec([...args, "-f", "-"], manifest);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${err}`);
    return out;
  }

  /** Runs it until it has printed so many lines; `meanwhile` begins with the first. */
  async lines(count: number, args: readonly string[], meanwhile: () => Promise<unknown>): Promise<string[]> {
    const child = spawn(this.#path, args, { env: this.#env, stdio: ["ignore", "pipe", "inherit"] });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === 1) void meanwhile();
      if (lines.length >= count) break;
    }
    child.kill();
    return lines;
  }

  file(name: string, text: string): string {
    const path = join(this.#home, name);
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  #exec(args: readonly string[], input: string | undefined): Promise<Ran> {
    return new Promise((resolve) => {
      const child = execFile(this.#path, args, { env: this.#env }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
      child.stdin?.end(input);
    });
  }
}

/** Columns of a table as kubectl prints it; cells may hold single spaces. */
export function tableRows(text: string): string[][] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd().split(/\s{2,}/));
}
