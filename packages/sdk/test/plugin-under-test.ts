import { onTestFinished } from "vitest";
import { createLogger, serve } from "@outrigger/sdk";
import type { Plugin, PluginServer, ServeOptions } from "@outrigger/sdk";
import { TOKEN } from "./hello.ts";

export { TOKEN, hello } from "./hello.ts";

export const EXECUTE = "/api/v1/template.execute";

export interface Running extends PluginServer {
  readonly logLines: readonly Readonly<Record<string, unknown>>[];
}

/** Serves on a free port until the test ends, with the log kept. */
export async function serving(plugins: Plugin | readonly Plugin[], options: ServeOptions = {}): Promise<Running> {
  const logLines: Record<string, unknown>[] = [];
  const log = createLogger({ write: (line) => void logLines.push(JSON.parse(line) as Record<string, unknown>) });
  const server = await serve(plugins, { port: 0, token: TOKEN, handleSignals: false, log, ...options });
  onTestFinished(() => server.stop());
  return { port: server.port, url: server.url, stop: server.stop, logLines };
}

export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** Calls `template.execute` unless told otherwise; a body that is no text is sent as JSON. */
export async function call(url: string, body: unknown, sent: Sent = {}): Promise<Received> {
  const { path = EXECUTE, method = "POST", token = TOKEN, headers = {}, signal } = sent;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
    ...(method === "GET" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What Argo's agent sends for a template with this plugin block. */
export function requestFor(plugin: object, more: { template?: object; [field: string]: unknown } = {}): object {
  const { template, ...fields } = more;
  return {
    workflow: { metadata: { name: "my-wf", namespace: "argo", uid: "uid-1" } },
    template: { name: "main", inputs: {}, outputs: {}, metadata: {}, plugin, ...template },
    ...fields,
  };
}
