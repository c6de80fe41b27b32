import { describe, expect, it } from "vitest";
import {
  Operation,
  createLogger,
  createRegistry,
  createTelemetry,
  errorText,
  unreadyCaches,
} from "@outrigger/telemetry";

describe("the logger", () => {
  it("writes one JSON line with a constant message, fields and the component", () => {
    const lines: string[] = [];
    const logger = createLogger({ component: "controller", write: (line) => void lines.push(line) });
    logger.child({ namespace: "argo" }).info({ name: "hello" }, "Executor plugin added");
    expect(lines).toHaveLength(1);
    const line: unknown = JSON.parse(lines[0] ?? "");
    expect(line).toMatchObject({
      level: "info",
      component: "controller",
      namespace: "argo",
      name: "hello",
      msg: "Executor plugin added",
    });
    expect(line).not.toHaveProperty("pid");
  });

  it("leaves out what is below its level", () => {
    const lines: string[] = [];
    const logger = createLogger({ component: "x", level: "warn", write: (line) => void lines.push(line) });
    logger.info({}, "quiet");
    logger.warn({}, "loud");
    expect(lines).toHaveLength(1);
  });

  it("tells an error with its causes", () => {
    expect(errorText(new Error("call failed", { cause: new Error("socket hang up") }))).toBe(
      "call failed (socket hang up)",
    );
    expect(errorText("plain")).toBe("plain");
  });
});

describe("an operation", () => {
  function operation(): { registry: ReturnType<typeof createRegistry>; requests: Operation<"plugin"> } {
    const { registry, tracer } = createTelemetry({ registry: createRegistry({ processMetrics: false }) });
    const requests = new Operation({
      registry,
      tracer,
      metric: "outrigger_test_request",
      help: "Test requests",
      labels: ["plugin"],
      spanName: "test",
    });
    return { registry, requests };
  }

  it("counts its outcome and duration", async () => {
    const { registry, requests } = operation();
    await requests.run(
      { labels: { plugin: "hello" } },
      () => Promise.resolve(404),
      (settled) => (settled.ok ? String(settled.value) : "error"),
    );
    const text = await registry.metrics();
    expect(text).toContain('outrigger_test_request_duration_seconds_count{plugin="hello",outcome="404"} 1');
    expect(text).toContain('outrigger_test_requests_in_flight{plugin="hello"} 0');
  });

  it("counts a failure and passes it on", async () => {
    const { registry, requests } = operation();
    await expect(requests.run({ labels: { plugin: "hello" } }, () => Promise.reject(new Error("no")))).rejects.toThrow(
      "no",
    );
    expect(await registry.metrics()).toContain('outcome="error"} 1');
  });

  it("shows what is under way", async () => {
    const { registry, requests } = operation();
    let finish = (): void => {};
    const running = requests.run(
      { labels: { plugin: "hello" } },
      () => new Promise<void>((resolve) => (finish = resolve)),
    );
    expect(await registry.metrics()).toContain('outrigger_test_requests_in_flight{plugin="hello"} 1');
    finish();
    await running;
  });
});

describe("readiness", () => {
  it("names the caches that do not tell what is in the API, and why", () => {
    const lastError = new Error("it is away");
    expect(
      unreadyCaches({
        fine: { hasSynced: true, state: { lastError } },
        waiting: { hasSynced: false, state: {} },
        failing: { hasSynced: false, state: { lastError } },
        refused: { hasSynced: true, state: { lastError }, refusal: new Error("may not watch") },
      }),
    ).toEqual([
      "the cache of waiting has not synced",
      "the cache of failing has not synced: it is away",
      "the cache of refused is not kept up to date: may not watch",
    ]);
  });
});
