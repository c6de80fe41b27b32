import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pluginConfigMapName } from "@outrigger/types";
import { onTestFinished } from "vitest";

export interface PluginBehaviour {
  readonly delayMs?: number;
  /** Never has enough. */
  readonly polls?: boolean;
}

const TOKEN = "a token that somebody has made";

/** A plugin that many Workflows share, for the length of a test. */
export class PluginServer {
  readonly name: string;
  readonly cancelled: unknown[] = [];
  calls = 0;
  mostAtOnce = 0;
  readonly #server: Server;
  #underWay = 0;

  private constructor(name: string, { delayMs = 0, polls = false }: PluginBehaviour) {
    this.name = pluginConfigMapName(name);
    const node = polls ? { node: { phase: "Running" }, requeue: "1h" } : { node: { phase: "Succeeded" } };
    this.#server = createServer((request, response) => {
      void this.#heed(request, delayMs).then((known) =>
        known === undefined ? response.writeHead(404).end() : response.end(known === "" ? JSON.stringify(node) : known),
      );
    });
  }

  static async start(name: string, behaviour: PluginBehaviour = {}): Promise<PluginServer> {
    const plugin = new PluginServer(name, behaviour);
    plugin.#server.listen(0, "127.0.0.1");
    await once(plugin.#server, "listening");
    onTestFinished(() => {
      plugin.#server.closeAllConnections();
      plugin.#server.close();
    });
    return plugin;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  putToken(folder: string): void {
    mkdirSync(join(folder, this.name), { recursive: true });
    writeFileSync(join(folder, this.name, "token"), TOKEN);
  }

  /** What to answer; nothing for what is not known, empty for the answer that was asked for. */
  async #heed(request: IncomingMessage, delayMs: number): Promise<string | undefined> {
    const body = await text(request);
    if (request.url === "/healthz") return "fine";
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return undefined;
    if (request.url === "/api/v1/template.cancel") {
      this.cancelled.push((JSON.parse(body) as { readonly reason: string }).reason);
      return JSON.stringify({ node: { phase: "Failed" } });
    }
    if (request.url !== "/api/v1/template.execute") return undefined;
    this.calls += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, (this.#underWay += 1));
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    this.#underWay -= 1;
    return "";
  }
}
