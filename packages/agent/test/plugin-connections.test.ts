import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server as TcpServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "@outrigger/kube";
import { callPlugin, pluginConnections } from "../src/plugin-client.ts";
import type { PluginCall } from "../src/plugin-client.ts";

interface Bench {
  readonly call: (more?: Partial<PluginCall>) => ReturnType<typeof callPlugin>;
  /** Connections that the server has seen. */
  readonly opened: () => number;
}

async function bench(server: TcpServer): Promise<Bench> {
  let opened = 0;
  server.on("connection", () => (opened += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const over = new AbortController();
  const connections = pluginConnections(over.signal);
  onTestFinished(() => {
    over.abort();
    server.close();
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}/api/v1/template.execute`;
  const common = {
    method: "POST",
    url,
    headers: {},
    body: "{}",
    timeoutMs: 5_000,
    maxAnswerBytes: 1_000,
    clock: systemClock,
  };
  return {
    call: (more) => callPlugin({ ...common, signal: over.signal, connections, ...more }),
    opened: () => opened,
  };
}

const NODE = (): Server => createServer((request, response) => request.resume().on("end", () => response.end("{}")));

describe("a connection to a plugin", () => {
  it("is used again where the plugin says that it keeps it", async () => {
    const { call, opened } = await bench(NODE());
    for (let count = 0; count < 3; count += 1) expect(await call()).toMatchObject({ status: 200, body: "{}" });
    expect(opened()).toBe(1);
  });

  it("is the call's own where the call must not reach a plugin twice", async () => {
    const { call, opened } = await bench(NODE());
    for (let count = 0; count < 3; count += 1) await call({ connections: undefined });
    expect(opened()).toBe(3);
  });

  it("is not kept where the plugin does not say for how long, or says for too short", async () => {
    for (const header of [undefined, "timeout=1"]) {
      const server = createServer((request, response) => {
        if (header !== undefined) response.setHeader("Keep-Alive", header);
        request.resume().on("end", () => response.end("{}"));
      });
      if (header === undefined) server.keepAliveTimeout = 0; // then Node does not say
      const { call, opened } = await bench(server);
      for (let count = 0; count < 2; count += 1) await call();
      expect(opened()).toBe(2);
    }
  });

  it("does not keep others waiting: a server that takes one connection at a time answers one call after the other", async () => {
    let busy = false;
    const server = createTcpServer({ pauseOnConnect: true }, (socket) => {
      const serve = (): void => {
        if (busy) return void server.once("free", serve);
        busy = true;
        socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")).resume();
        socket.on("close", () => {
          busy = false;
          server.emit("free");
        });
      };
      serve();
    });
    const { call, opened } = await bench(server);
    const began = performance.now();
    const all = await Promise.all([call(), call(), call()]);
    expect(all).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
    expect(opened()).toBe(3);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
