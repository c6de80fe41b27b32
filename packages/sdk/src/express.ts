import { METHOD_CANCEL, METHOD_EXECUTE, METHOD_INFO, methodPath } from "@outrigger/types";
import { Router } from "express";
import type { Request, Response } from "express";
import { HEALTH_PATH, METRICS_PATH, handlerOf, pluginsByKey } from "./handler.ts";
import { exchange } from "./http-exchange.ts";
import { resolveHandlerOptions } from "./options.ts";
import type { HandlerOptions } from "./options.ts";
import type { Plugin } from "./plugin.ts";
import { processEnvironment } from "./serve-environment.ts";

/**
 * Serves plugins below wherever the router is mounted: `app.use(pluginRouter(hello))`. Other paths are left to the application, and so
 * are `/healthz` and `/metrics` unless `health` or `metrics` is set.
 */
export function pluginRouter(plugins: Plugin | readonly Plugin[], options: HandlerOptions = {}): Router {
  const own = { health: false, metrics: false, ...options };
  const resolved = resolveHandlerOptions(own, options.env ?? processEnvironment);
  const handle = handlerOf(pluginsByKey(plugins), resolved);
  const router = Router();
  const paths = [
    ...[METHOD_EXECUTE, METHOD_CANCEL, METHOD_INFO].map(methodPath),
    ...(own.health ? [HEALTH_PATH] : []),
    ...(own.metrics === false ? [] : [METRICS_PATH]),
  ];
  router.all(paths, (request: Request, response: Response) =>
    exchange(handle, resolved.maxBodyBytes, { request, response, path: request.path, ...readBefore(request) }),
  );
  return router;
}

// The application may have a body parser of its own in front of us.
function readBefore({ body }: { readonly body?: unknown }): { readonly body?: string | Uint8Array } {
  if (body === undefined) return {};
  return { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) };
}
