import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { Counter, Registry } from "prom-client";
import { beforeEach, describe, expect, it } from "vitest";
import { RetryableError, definePlugin, failed, running, succeeded } from "@outrigger/sdk";
import type { Plugin, ServeOptions } from "@outrigger/sdk";
import { call, hello, requestFor, serving } from "./plugin-under-test.ts";

const CANCEL = { path: "/api/v1/template.cancel" };
const NODE = { id: "n-1", attempt: 2, idempotencyKey: "k" };

async function page(url: string, path: string): Promise<{ readonly status: number; readonly text: string }> {
  const { status, text } = await call(url, undefined, { method: "GET", path, token: "" });
  return { status, text };
}

/** Does what its input says. */
const obedient = definePlugin({
  key: "it",
  execute: ({ input }) => {
    if (input === "throw") throw new Error("boom");
    if (input === "busy") throw new RetryableError("busy");
    if (input === "fail") return failed("no");
    return input === "wait" ? running({ state: 1 }) : succeeded();
  },
  poll: () => succeeded(),
});

describe("/metrics", () => {
  it("counts calls by plugin, method and outcome, with their durations", async () => {
    const { url } = await serving(obedient);
    for (const input of ["", "", "throw", "fail", "busy", "wait"]) {
      await call(url, requestFor({ it: input }, { node: NODE }));
    }
    await call(url, requestFor({ it: "" })); // an agent without state
    await call(url, requestFor({ it: "" }, { node: NODE, state: 1 }));
    await call(url, requestFor({ it: "" }, { node: NODE }), CANCEL);
    await call(url, requestFor({ other: {} }));
    const { status, text } = await page(url, "/metrics");
    expect(status).toBe(200);
    const counts = text.split("\n").filter((line) => /_count|in_flight{/.test(line));
    expect(counts).toEqual([
      'outrigger_plugin_call_duration_seconds_count{plugin="it",method="execute",outcome="succeeded"} 2',
      'outrigger_plugin_call_duration_seconds_count{plugin="it",method="execute",outcome="failed"} 2',
      'outrigger_plugin_call_duration_seconds_count{plugin="it",method="execute",outcome="retried"} 1',
      'outrigger_plugin_call_duration_seconds_count{plugin="it",method="execute",outcome="running"} 1',
      'outrigger_plugin_call_duration_seconds_count{plugin="it",method="execute",outcome="refused"} 1',
      'outrigger_plugin_call_duration_seconds_count{plugin="it",method="poll",outcome="succeeded"} 1',
      'outrigger_plugin_call_duration_seconds_count{plugin="it",method="cancel",outcome="succeeded"} 1',
      'outrigger_plugin_calls_in_flight{plugin="it",method="execute"} 0',
      'outrigger_plugin_calls_in_flight{plugin="it",method="poll"} 0',
      'outrigger_plugin_calls_in_flight{plugin="it",method="cancel"} 0',
    ]);
    expect(text).toMatch(/_bucket\{plugin="it",method="execute",outcome="succeeded",le="\+Inf"\} 2\n/);
    expect(text).toMatch(/^# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes \d{7,}$/m);
  });

  it("tells the plugin's own too, and says so where those cannot be told", async () => {
    const registry = new Registry();
    new Counter({ name: "messages_total", help: "Messages", registers: [registry] }).inc(3);
    const { url } = await serving(hello, { metrics: registry });
    expect((await page(url, "/metrics")).text).toMatch(/^process_start_time_seconds [\d.]+\n# HELP messages_total/m);
    const broken = await serving(hello, { metrics: { metrics: () => Promise.reject(new Error("no registry")) } });
    expect(await page(broken.url, "/metrics")).toEqual({
      status: 500,
      text: "the plugin's own metrics cannot be told: no registry",
    });
  });

  it("escapes what a key may hold", async () => {
    const { url } = await serving({ ...hello, key: 'a"b\\c' });
    await call(url, requestFor({ 'a"b\\c': {} }));
    expect((await page(url, "/metrics")).text).toContain('{plugin="a\\"b\\\\c",method="execute"} 0');
  });
});

describe("each part can be switched off", () => {
  it.each([
    ["/metrics", { metrics: false }],
    ["/healthz", { health: false }],
    ["/api/v1/plugin.info", { info: false }],
  ])("%s", async (path, options: ServeOptions) => {
    const [on, off] = [await serving(hello), await serving(hello, options)];
    const status = async (url: string): Promise<number> => (await call(url, undefined, { method: "GET", path })).status;
    expect([await status(on.url), await status(off.url)]).toEqual([200, 404]);
  });
});

describe("more calls than the plugin takes at a time", () => {
  it("are answered as agents try again after, and cancel comes through", async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow: Plugin = {
      key: "it",
      execute: async () => {
        begun.resolve();
        await release.promise;
        return succeeded();
      },
    };
    const { url } = await serving(slow, { maxConcurrentCalls: 1 });
    const first = call(url, requestFor({ it: {} }));
    await begun.promise;
    const second = await call(url, requestFor({ it: {} }));
    expect([second.status, second.headers.get("retry-after"), second.text]).toEqual([
      503,
      "1",
      "the plugin is at its limit of 1 calls at a time (maxConcurrentCalls)",
    ]);
    expect((await call(url, requestFor({ it: {} }), CANCEL)).status).toBe(200);
    release.resolve();
    expect((await first).status).toBe(200);
    expect((await call(url, requestFor({ it: {} }))).status).toBe(200);
    expect((await page(url, "/metrics")).text).toContain('outcome="overloaded"} 1');
  });

  it("must be one at least", async () => {
    await expect(serving(hello, { maxConcurrentCalls: 0 })).rejects.toThrow("maxConcurrentCalls must be 1 or more");
  });
});

describe("spans", () => {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  beforeEach(() => exporter.reset());

  const TRACE = "0af7651916cd43dd8448eb211c80319c";
  const traced = { ...NODE, traceparent: `00-${TRACE}-b7ad6b7169203331-01` };

  it("continue the caller's trace, and are what the plugin's own spans are below", async () => {
    const plugin = definePlugin({
      key: "it",
      execute: () => trace.getTracer("mine").startActiveSpan("fetch", (span) => (span.end(), succeeded())),
    });
    const { url } = await serving(plugin);
    await call(url, requestFor({ it: {} }, { node: traced }));
    const [inner, outer] = exporter.getFinishedSpans();
    expect([inner?.name, inner?.spanContext().traceId]).toEqual(["fetch", TRACE]);
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(outer).toMatchObject({
      name: "plugin.execute",
      parentSpanContext: { spanId: "b7ad6b7169203331" },
      attributes: {
        plugin: "it",
        method: "execute",
        workflow: "my-wf",
        namespace: "argo",
        nodeId: "n-1",
        attempt: 2,
        outcome: "succeeded",
      },
    });
  });

  it("tell what went wrong, and can be switched off", async () => {
    const { url } = await serving(obedient);
    await call(url, requestFor({ it: "throw" }, { node: traced }));
    await call(url, requestFor({ it: "wait" }, { node: traced }));
    await call(url, requestFor({ it: "" }, { node: traced }), CANCEL);
    expect(exporter.getFinishedSpans().map(({ name, status }) => [name, status.code])).toEqual([
      ["plugin.execute", 2],
      ["plugin.execute", 0],
      ["plugin.cancel", 0],
    ]);
    exporter.reset();
    const off = await serving(obedient, { tracing: false });
    await call(off.url, requestFor({ it: "" }, { node: traced }));
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
