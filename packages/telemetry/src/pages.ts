import { createServer } from "node:http";
import type { Server } from "node:http";
import { once } from "node:events";
import type { Registry } from "prom-client";

export interface PagesOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly registry: Registry;
  /** What is not ready yet, in words; empty when all is. Default: ready as soon as it serves. */
  readonly notReady?: () => readonly string[];
}

export interface Pages {
  readonly port: number;
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const text = (status: number, body: string): Page => ({ status, type: "text/plain; charset=utf-8", body: `${body}\n` });

/** Serves /healthz (the process lives), /readyz (it can do its work) and /metrics. Does not keep the process alive. */
export async function servePages(options: PagesOptions): Promise<Pages> {
  const pages: Readonly<Record<string, () => Page | Promise<Page>>> = {
    "/healthz": () => text(200, "ok"),
    "/readyz": () => {
      const waiting = options.notReady?.() ?? [];
      return waiting.length === 0 ? text(200, "ok") : text(503, waiting.join("\n"));
    },
    "/metrics": async () => ({
      status: 200,
      type: options.registry.contentType,
      body: await options.registry.metrics(),
    }),
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    void Promise.resolve(page === undefined ? text(404, "not found") : page())
      .catch(() => text(500, "internal error"))
      .then(({ status, type, body }) => response.writeHead(status, { "Content-Type": type }).end(body));
  });
  server.listen(options.port, options.host).unref();
  await once(server, "listening");
  return { port: portOf(server), close: () => closeServer(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
