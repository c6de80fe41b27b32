import { once } from "node:events";
import { createServer } from "node:http";
import type { Registry } from "@outrigger/telemetry";

/** Serves /healthz and /metrics. Does not keep the process alive. */
export async function servePages(
  address: { readonly host: string; readonly port: number },
  registry: Registry,
): Promise<void> {
  const server = createServer((request, response) => {
    const respond = async (): Promise<void> => {
      if (request.url === "/healthz") response.end("ok\n");
      else if (request.url === "/metrics")
        response.setHeader("Content-Type", registry.contentType).end(await registry.metrics());
      else response.writeHead(404).end("not found\n");
    };
    respond().catch(() => response.destroy());
  });
  server.listen(address.port, address.host).unref();
  await once(server, "listening");
}
