import { MAX_STATE_BYTES } from "@outrigger/types";
import type { JsonValue, ReplyNode } from "@outrigger/types";
import type { PluginResult } from "./results.ts";

/** The answer as it travels. */
export interface ExecuteReplyBody {
  readonly node: ReplyNode;
  readonly requeue?: string;
  readonly state?: JsonValue;
}

const PHASES: ReadonlySet<unknown> = new Set<PluginResult["phase"]>(["Succeeded", "Failed", "Running"]);

export function replyOf(result: PluginResult): ExecuteReplyBody {
  // Plugins may be plain JavaScript.
  if (typeof result !== "object" || !PHASES.has((result as Partial<PluginResult> | null)?.phase)) {
    throw new TypeError("execute must return succeeded(…), failed(…) or running(…)");
  }
  if (result.phase !== "Running") return { node: result };
  const { requeue, state, ...node } = result;
  if (state === undefined) return { node, requeue };
  const stateBytes = Buffer.byteLength(JSON.stringify(state));
  if (stateBytes > MAX_STATE_BYTES) {
    throw new TypeError(`the state has ${stateBytes} bytes of JSON; it may have ${MAX_STATE_BYTES}`);
  }
  return { node, requeue, state };
}
