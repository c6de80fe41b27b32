import { STATUS_CODES } from "node:http";
import { methodPath } from "@outrigger/types";
import type { Exchange } from "@outrigger/types";
import type { PluginHandler } from "../handler.ts";
import type { PluginResponse } from "../response.ts";
import type { WatchedPlugins } from "./watched-plugins.ts";

export interface Delivery {
  readonly handle: PluginHandler;
  readonly watched: WatchedPlugins;
  readonly method: string;
  readonly nodeId: string;
  readonly body: string;
  readonly patienceMs: number;
}

/** Hands a request to the plugin, as a connection would that lasts until the answer is there. */
export function deliver({ handle, method, body }: Delivery, signal?: AbortSignal): Promise<PluginResponse> {
  const path = methodPath(method);
  return handle({ method: "POST", path, headers: {}, body, ...(signal === undefined ? {} : { signal }) });
}

/** The same, by a caller that goes away while the plugin is at work, and does `then` at once. Resolves when the plugin has ended. */
export async function deliverAndLeave<T>(
  delivery: Delivery,
  then: () => Promise<T>,
): Promise<{ readonly left: PluginResponse; readonly after: T }> {
  const caller = new AbortController();
  const begun = delivery.watched.begun(delivery.nodeId);
  const answer = deliver(delivery, caller.signal);
  await Promise.race([begun, answer]);
  await new Promise((resolve) => setImmediate(resolve)); // the plugin comes to where it waits
  caller.abort(new Error("the caller has gone away"));
  const after = await then();
  return { left: await inTime(answer, delivery.patienceMs), after };
}

// A plugin that does not end must fail its test, not hang it.
async function inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const seconds = patienceMs / 1_000;
    reject(
      new Error(
        `the plugin has not ended ${seconds} s after its signal was aborted: hand ctx.signal to what it waits for`,
      ),
    );
  }, patienceMs);
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}

/** An answer as the agent gets it. */
export function exchangeOf({ status, headers, body }: PluginResponse): Exchange {
  return {
    kind: "answered",
    status,
    statusText: STATUS_CODES[status] ?? "",
    retryAfter: headers["Retry-After"],
    body,
    tooLarge: false,
  };
}
