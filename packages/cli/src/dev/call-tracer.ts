import type { Span, Tracer } from "@outrigger/telemetry";

/** A call of a plugin, or a request of an http template, that has ended. */
export interface Call {
  /** Undefined: a request of the agent's own. */
  readonly plugin: string | undefined;
  readonly method: string;
  readonly nodeId: string;
  /** `final`, `declined`, `transient`, …: as the agent takes the answer. */
  readonly outcome: string;
  readonly durationMs: number;
}

const CALLS: ReadonlySet<string> = new Set(["plugin.request", "http.request"]);

/** A tracer that tells of calls as they end, and of nothing else: the agent measures them anyway. */
export function createCallTracer(onCall: (call: Call) => void): Tracer {
  const startSpan = (name: string, options: { readonly attributes?: object } = {}): Span => {
    const attributes: Record<string, unknown> = { ...options.attributes };
    const startMs = performance.now();
    return spanOf(attributes, () => {
      if (CALLS.has(name)) onCall(callOf(attributes, performance.now() - startMs));
    });
  };
  return { startSpan, startActiveSpan: notUsed };
}

function callOf(attributes: Readonly<Record<string, unknown>>, durationMs: number): Call {
  const text = (name: string): string => (typeof attributes[name] === "string" ? attributes[name] : "");
  const plugin = text("plugin");
  return {
    plugin: plugin === "" ? undefined : plugin,
    method: text("method"),
    nodeId: text("nodeId"),
    outcome: text("outcome"),
    durationMs,
  };
}

// Nobody goes on with the trace: it has no ids.
const NOWHERE = { traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 };

function spanOf(attributes: Record<string, unknown>, end: () => void): Span {
  const span: Span = {
    spanContext: () => NOWHERE,
    setAttribute: (name, value) => {
      attributes[name] = value;
      return span;
    },
    setAttributes: (more) => {
      Object.assign(attributes, more);
      return span;
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: () => span,
    updateName: () => span,
    end,
    isRecording: () => true,
    recordException: () => {},
  };
  return span;
}

function notUsed(): never {
  throw new Error("bug: operations start spans themselves");
}
