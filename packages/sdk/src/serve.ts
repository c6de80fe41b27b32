import { once } from "node:events";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import { ENV_PORT, METHOD_EXECUTE, methodPath } from "@outrigger/types";
import { handlerOf, pluginsByKey } from "./handler.ts";
import type { PluginHandler } from "./handler.ts";
import { exchange, send } from "./http-exchange.ts";
import { resolveServeOptions } from "./options.ts";
import type { ResolvedServeOptions, ServeOptions } from "./options.ts";
import type { Plugin } from "./plugin.ts";
import { textResponse } from "./response.ts";
import { processEnvironment, stopOnSignals } from "./serve-environment.ts";
import { StepsUnderWay } from "./steps-under-way.ts";

/** A server that runs. */
export interface PluginServer {
  /** Where it listens. */
  readonly port: number;
  /** `http://<host>:<port>` */
  readonly url: string;
  /** Takes no more calls but those that cancel, lets those under way finish for a while, aborts what is left. */
  readonly stop: () => Promise<void>;
}

const EXECUTE_PATH = methodPath(METHOD_EXECUTE);
const STOPPING = textResponse(503, "the plugin is being stopped");
// What calls may still do once their signal is aborted.
const LAST_WORDS_MS = 500;
// Where a Workflow is deleted, its plugins are told to stop at the same time as the agent, which may have steps to cancel.
const CANCEL_WINDOW_MS = 1_000;

/**
 * Runs one plugin, or several, as an HTTP server. Resolves when it listens; rejects where it cannot, with what to do, and with a
 * TypeError where two plugins have the same key, there is none, or an option is of no use.
 */
export async function serve(plugins: Plugin | readonly Plugin[], options: ServeOptions = {}): Promise<PluginServer> {
  const byKey = pluginsByKey(plugins);
  const resolved = resolveServeOptions(options, options.env ?? processEnvironment);
  const steps = new StepsUnderWay();
  const server = new HttpServer(handlerOf(byKey, resolved, steps), resolved, steps);
  await server.listen();
  const { log, handleSignals } = resolved;
  if (handleSignals) {
    stopOnSignals((signal) => {
      log.info({ signal }, "Plugin is stopping");
      return server.stop();
    });
  }
  // Last: whoever reads this may stop the plugin at once.
  log.info({ port: server.port, keys: [...byKey.keys()] }, "Plugin is listening");
  return server;
}

class HttpServer implements PluginServer {
  readonly #options: ResolvedServeOptions;
  readonly #server: Server;
  readonly #steps: StepsUnderWay;
  readonly #underWay = new Set<ServerResponse>();
  /** What answers requests, also those whose caller has gone. */
  readonly #work = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #stopped: Promise<void> | undefined;

  constructor(handle: PluginHandler, options: ResolvedServeOptions, steps: StepsUnderWay) {
    this.#options = options;
    this.#steps = steps;
    this.#server = createServer((request, response) => {
      this.#underWay.add(response);
      response.once("close", () => this.#underWay.delete(response));
      if (this.#stopped !== undefined) response.shouldKeepAlive = false;
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      const stopping = this.#stopping.signal;
      if (this.#stopped !== undefined && path === EXECUTE_PATH) return send(response, STOPPING);
      const work = exchange(handle, options.maxBodyBytes, { request, response, path, stopping }).finally(() =>
        this.#work.delete(work),
      );
      this.#work.add(work);
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : this.#options.port;
  }

  get url(): string {
    const { host } = this.#options;
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options;
    this.#server.listen(port, host);
    try {
      await once(this.#server, "listening");
    } catch (error) {
      const inUse = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      const remedy = inUse ? `; it is in use: set ${ENV_PORT}, or serve's option port, to another port` : "";
      throw new Error(`the plugin cannot listen on ${host}:${port}${remedy}`, { cause: error });
    }
  }

  readonly stop = (): Promise<void> => {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  };

  async #stop(): Promise<void> {
    // Node would keep the connections of these calls open for a while after their answers.
    for (const response of this.#underWay) response.shouldKeepAlive = false;
    const inTime = await settlesWithin(this.#idle(), this.#options.stopGraceMs);
    if (!inTime) this.#stopping.abort(new Error("the plugin is being stopped"));
    else await settlesWithin(this.#steps.settled(), CANCEL_WINDOW_MS);
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    if (await settlesWithin(Promise.all([closed, this.#idle()]), LAST_WORDS_MS)) return;
    this.#server.closeAllConnections();
    await closed;
  }

  async #idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}

async function settlesWithin(promise: Promise<unknown>, durationMs: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), durationMs);
  const inTime = await Promise.race([promise.then(() => true), late.promise]);
  clearTimeout(timer);
  return inTime;
}
