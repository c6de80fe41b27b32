import { CallLimit } from "./call-limit.ts";
import { CallMetrics } from "./observe/call-metrics.ts";
import { metricsPage } from "./observe/metrics-page.ts";
import { METHOD_CANCEL, METHOD_EXECUTE, METHOD_INFO, methodPath } from "@outrigger/types";
import type { PluginInfo } from "@outrigger/types";
import { resolveHandlerOptions } from "./options.ts";
import type { HandlerOptions, ResolvedHandlerOptions } from "./options.ts";
import type { Plugin } from "./plugin.ts";
import { jsonResponse, textResponse, tooLarge } from "./response.ts";
import type { PluginResponse } from "./response.ts";
import { jsonSchemaOf } from "./schema/json-schema.ts";
import { StepsUnderWay } from "./steps-under-way.ts";
import { cancelTemplate, executeTemplate } from "./template-methods.ts";
import { processEnvironment } from "./serve-environment.ts";

/** An HTTP request, whatever received it. */
export interface PluginRequest {
  /** `GET` or `POST`. */
  readonly method: string;
  /** Without host and query. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** JSON; empty where there is none. */
  readonly body: string | Uint8Array;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** Answers every request; never rejects. */
export type PluginHandler = (request: PluginRequest) => Promise<PluginResponse>;

/** By path, then by HTTP method. */
type Routes = Readonly<Record<string, Readonly<Record<string, (request: PluginRequest) => Promise<PluginResponse>>>>>;

type Pages = Readonly<Record<string, () => Promise<PluginResponse>>>;

export const HEALTH_PATH = "/healthz";
export const METRICS_PATH = "/metrics";

/** The plugin protocol without a server: a request in, a response out. For runtimes that `serve` and the Express router do not fit. */
export function createHandler(plugins: Plugin | readonly Plugin[], options: HandlerOptions = {}): PluginHandler {
  const resolved = resolveHandlerOptions(options, options.env ?? processEnvironment);
  return handlerOf(pluginsByKey(plugins), resolved);
}

/** The plugins of one server. Each key belongs to one of them. */
export function pluginsByKey(plugins: Plugin | readonly Plugin[]): ReadonlyMap<string, Plugin> {
  const byKey = new Map<string, Plugin>();
  for (const plugin of "key" in plugins ? [plugins] : plugins) {
    if (byKey.has(plugin.key)) throw new TypeError(`two plugins have the key "${plugin.key}"`);
    byKey.set(plugin.key, plugin);
  }
  if (byKey.size === 0) throw new TypeError("there is no plugin to serve");
  return byKey;
}

export function handlerOf(
  plugins: ReadonlyMap<string, Plugin>,
  options: ResolvedHandlerOptions,
  steps = new StepsUnderWay(),
): PluginHandler {
  const { log, env, maxConcurrentCalls, tracing } = options;
  const metrics = options.metrics === false ? undefined : new CallMetrics();
  const limit = new CallLimit(maxConcurrentCalls);
  const served = { plugins, steps, log, env, limit, observer: { metrics, tracing } };
  const info = jsonResponse(infoOf(plugins));
  const routes: Routes = {
    [methodPath(METHOD_EXECUTE)]: { POST: (request) => executeTemplate(served, request) },
    [methodPath(METHOD_CANCEL)]: { POST: (request) => cancelTemplate(served, request) },
    ...(options.info ? { [methodPath(METHOD_INFO)]: { GET: () => Promise.resolve(info) } } : {}),
  };
  const pages = pagesOf(options, metrics);
  return async (request) => {
    const page = Object.hasOwn(pages, request.path) ? pages[request.path] : undefined;
    if (page !== undefined) return page();
    return (await refusal(request, options)) ?? route(routes, request);
  };
}

/** What everyone may read: probes and scrapers have no token. */
function pagesOf(options: ResolvedHandlerOptions, calls: CallMetrics | undefined): Pages {
  const own = typeof options.metrics === "object" ? options.metrics : undefined;
  return {
    ...(options.health ? { [HEALTH_PATH]: () => Promise.resolve(textResponse(200, "ok")) } : {}),
    ...(calls === undefined ? {} : { [METRICS_PATH]: () => metricsPage(calls, own) }),
  };
}

async function refusal(request: PluginRequest, options: ResolvedHandlerOptions): Promise<PluginResponse | undefined> {
  const { authorization } = request.headers;
  const verdict = await options.checkToken(typeof authorization === "string" ? authorization : undefined);
  if (verdict.kind === "unknown") {
    options.log.error({ reason: verdict.message }, "Token cannot be checked");
    return textResponse(503, verdict.message);
  }
  if (verdict.kind === "refused") return textResponse(403, "the bearer token is missing or wrong");
  return sizeOf(request.body) > options.maxBodyBytes ? tooLarge(options.maxBodyBytes) : undefined;
}

function route(routes: Routes, request: PluginRequest): PluginResponse | Promise<PluginResponse> {
  const methods = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined;
  if (methods === undefined) return textResponse(404, `this plugin has no ${request.path}`);
  const run = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  if (run !== undefined) return run(request);
  const allowed = Object.keys(methods).join(", ");
  return textResponse(405, `${request.path} takes ${allowed}, not ${request.method}`, { Allow: allowed });
}

function infoOf(plugins: ReadonlyMap<string, Plugin>): PluginInfo {
  const versions = new Set([...plugins.values()].map(({ version }) => version));
  const [version] = versions;
  return {
    keys: [...plugins.keys()],
    methods: [METHOD_EXECUTE, METHOD_CANCEL],
    ...inputSchemasOf(plugins),
    ...(version !== undefined && versions.size === 1 ? { version } : {}),
  };
}

function inputSchemasOf(plugins: ReadonlyMap<string, Plugin>): Pick<PluginInfo, "inputSchemas"> {
  const schemas = [...plugins].flatMap(([key, { input }]) => {
    const schema = jsonSchemaOf(input);
    return schema === undefined ? [] : [[key, schema] as const];
  });
  return schemas.length === 0 ? {} : { inputSchemas: Object.fromEntries(schemas) };
}

function sizeOf(body: string | Uint8Array): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}
