import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { run } from "../command.ts";

const VERDACCIO = "verdaccio@6.10.4";
const STARTS_WITHIN_MS = 120_000;

/** A registry on this machine: our packages are only here, all others come from where npm gets them otherwise. */
export class LocalRegistry implements Disposable {
  readonly url: string;
  /** For npm: where the registry is, and who is there. */
  readonly npmrc: string;
  readonly #stop: () => void;

  private constructor(url: string, npmrc: string, stop: () => void) {
    this.url = url;
    this.npmrc = npmrc;
    this.#stop = stop;
  }

  static async start(folder: string): Promise<LocalRegistry> {
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const config = join(folder, "verdaccio.json");
    writeFileSync(config, JSON.stringify(configuration(join(folder, "storage"))));
    // Not among the dependencies: it brings hundreds of its own, for this one test.
    const args = ["--yes", VERDACCIO, "--config", config, "--listen", `127.0.0.1:${port}`];
    const child = spawn("npx", args, { stdio: "ignore", detached: true });
    const npmrc = join(folder, "npmrc");
    writeFileSync(npmrc, `registry=http://127.0.0.1:${port}/\n//127.0.0.1:${port}/:_authToken=anybody\n`);
    const stop = (): void => void process.kill(-(child.pid ?? 0), "SIGTERM"); // npx passes no signal on
    const registry = new LocalRegistry(`http://127.0.0.1:${port}/`, npmrc, stop);
    await registry.#listens();
    return registry;
  }

  async #listens(): Promise<void> {
    const endMs = Date.now() + STARTS_WITHIN_MS;
    for (;;) {
      const isThere = await fetch(`${this.url}-/ping`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isThere) return;
      if (Date.now() > endMs) throw new Error(`${VERDACCIO} does not listen on ${this.url}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

function configuration(storage: string): object {
  const url = run(["npm", "config", "get", "registry"]).trim();
  const ours = { access: "$all", publish: "$all" };
  return {
    storage,
    uplinks: { npm: { url, maxage: "60m" } },
    packages: { "@outrigger/*": ours, outrigger: ours, "**": { access: "$all", proxy: "npm" } },
    log: { type: "stdout", level: "error" },
    max_body_size: "100mb",
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
