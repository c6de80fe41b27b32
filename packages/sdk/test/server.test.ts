import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { definePlugin, serve, succeeded } from "@outrigger/sdk";
import type { Plugin, PluginContext } from "@outrigger/sdk";
import { EXECUTE, TOKEN, call, hello, requestFor, serving } from "./plugin-under-test.ts";

const BODY = requestFor({ slow: {} });

/** A plugin whose calls last until the test lets them go, or until they are aborted if they heed that. */
function slowPlugin(options: { readonly heedsAbort: boolean }) {
  const started = Promise.withResolvers<PluginContext>();
  const release = Promise.withResolvers<void>();
  const plugin: Plugin = definePlugin({
    key: "slow",
    async execute(context) {
      started.resolve(context);
      const aborted = options.heedsAbort ? once(context.signal, "abort") : new Promise(() => {});
      await Promise.race([release.promise, aborted]);
      return succeeded({ message: context.signal.aborted ? "interrupted" : "done" });
    },
  });
  return { plugin, started: started.promise, release: () => release.resolve() };
}

describe("stopping", () => {
  it("lets a call under way finish, and takes no new one", async () => {
    const slow = slowPlugin({ heedsAbort: true });
    const { url, stop } = await serving(slow.plugin);
    const answer = call(url, BODY);
    await slow.started;
    const stopped = stop();
    expect(await call(url, BODY)).toMatchObject({ status: 503, text: "the plugin is being stopped" });
    slow.release();
    expect((await answer).json).toMatchObject({ node: { message: "done" } });
    await stopped;
  });

  it("does not wait for connections that are kept alive", async () => {
    const slow = slowPlugin({ heedsAbort: true });
    const { port, stop } = await serving(slow.plugin, { stopGraceMs: 60_000 });
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const outgoing = httpRequest({
      port,
      path: EXECUTE,
      method: "POST",
      agent,
      headers: { Authorization: `Bearer ${TOKEN}` },
    });
    outgoing.end(JSON.stringify(BODY));
    await slow.started;
    const stopped = stop();
    slow.release();
    const [response] = (await once(outgoing, "response")) as [NodeJS.ReadableStream];
    response.resume();
    const before = performance.now();
    await stopped;
    expect(performance.now() - before).toBeLessThan(2_000); // Node keeps such a connection for 5 s
  });

  it("aborts calls that outlast the grace, and still hands out their answers", async () => {
    const slow = slowPlugin({ heedsAbort: true });
    const { url, stop } = await serving(slow.plugin, { stopGraceMs: 10 });
    const answer = call(url, BODY);
    const { signal } = await slow.started;
    await stop();
    expect((await answer).json).toMatchObject({ node: { message: "interrupted" } });
    expect(signal.reason).toEqual(new Error("the plugin is being stopped"));
  });

  it("does not wait for ever for a call that will not end", async () => {
    const slow = slowPlugin({ heedsAbort: false });
    const { url, stop } = await serving(slow.plugin, { stopGraceMs: 10 });
    const answer = call(url, BODY);
    answer.catch(() => {});
    await slow.started;
    await stop();
    await expect(answer).rejects.toThrow("fetch failed");
    slow.release();
  });

  it("twice is once", async () => {
    const { url, stop } = await serving(hello);
    await Promise.all([stop(), stop()]);
    await stop();
    await expect(call(url, BODY)).rejects.toThrow("fetch failed");
  });
});

describe("a caller that goes away", () => {
  it("aborts the call's signal", async () => {
    const slow = slowPlugin({ heedsAbort: true });
    const { url } = await serving(slow.plugin);
    const caller = new AbortController();
    const answer = call(url, BODY, { signal: caller.signal });
    answer.catch(() => {});
    const { signal } = await slow.started;
    caller.abort();
    if (!signal.aborted) await once(signal, "abort");
    expect(signal.reason).toEqual(new Error("the caller has gone away"));
    await expect(answer).rejects.toThrow("aborted");
  });

  it("in the middle of its request harms nobody", async () => {
    const { url, port } = await serving(hello);
    const socket = await connected(port);
    socket.write(`POST ${EXECUTE} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"workflow"`);
    socket.destroy();
    await once(socket, "close");
    expect((await call(url, requestFor({ hello: {} }))).status).toBe(200);
  });

  it("after its answer is not taken for one that did not wait", async () => {
    const seen: AbortSignal[] = [];
    const plugin = definePlugin({ key: "it", execute: ({ signal }) => (seen.push(signal), succeeded()) });
    const { url } = await serving(plugin);
    await call(url, requestFor({ it: {} }), { headers: { Connection: "close" } });
    await call(url, requestFor({ it: {} }));
    expect(seen.map((signal) => signal.aborted)).toEqual([false, false]);
  });
});

describe("starting", () => {
  it("says where it listens, and for which keys", async () => {
    const server = await serving(hello);
    expect(server.logLines[0]).toMatchObject({ msg: "Plugin is listening", port: server.port, keys: ["hello"] });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  });

  it("takes the port from the option, else from the environment", async () => {
    const first = await serving(hello, { port: 0 });
    await first.stop();
    const second = await serve(hello, {
      token: TOKEN,
      handleSignals: false,
      env: { OUTRIGGER_PORT: String(first.port) },
    });
    onTestFinished(() => second.stop());
    expect(second.port).toBe(first.port);
    const third = await serving(hello, { port: 0, env: { OUTRIGGER_PORT: String(first.port) } });
    expect(third.port).not.toBe(first.port);
  });

  it("refuses a port that is none, or is in use, with what to do", async () => {
    const options = { token: TOKEN, handleSignals: false };
    await expect(serve(hello, { ...options, env: { OUTRIGGER_PORT: "http" } })).rejects.toThrow(
      'OUTRIGGER_PORT must be a port from 0 to 65535, not "http"',
    );
    const { port } = await serving(hello);
    await expect(serve(hello, { ...options, port })).rejects.toThrow(
      `the plugin cannot listen on 127.0.0.1:${port}; it is in use: set OUTRIGGER_PORT`,
    );
  });

  it("refuses plugins that cannot be told apart, and none at all", async () => {
    await expect(serve([hello, hello])).rejects.toThrow('two plugins have the key "hello"');
    await expect(serve([])).rejects.toThrow("there is no plugin to serve");
    expect(() => definePlugin({ ...hello, key: "" })).toThrow("must not be empty");
  });
});

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}
