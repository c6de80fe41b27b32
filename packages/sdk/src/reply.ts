import { MAX_STATE_BYTES, isJsonObject } from "@outrigger/types";
import type { JsonValue, ReplyNode } from "@outrigger/types";
import { jsonOf, outputsOf } from "./outputs.ts";
import type { Failed, PluginResult, Running, Succeeded } from "./results.ts";
import { check } from "./schema/check.ts";
import type { StandardSchema } from "./schema/standard-schema.ts";

/** The answer as it travels. */
export interface ExecuteReplyBody {
  readonly node: ReplyNode & { readonly phase: PluginResult["phase"] };
  readonly requeue?: string;
  readonly state?: JsonValue;
}

/** The result of `execute` or `poll` as it travels; `output` is the schema of its outputs. Rejects with what is wrong with it. */
export async function replyOf(
  result: PluginResult<unknown>,
  output: StandardSchema | undefined,
): Promise<ExecuteReplyBody> {
  // Plugins may be plain JavaScript.
  const given: { readonly phase?: unknown } | null | undefined = result;
  if (given?.phase === "Running" || given?.phase === "Succeeded" || given?.phase === "Failed") {
    return result.phase === "Running" ? goesOn(result) : { node: await ended(result, output) };
  }
  throw new TypeError("execute and poll must return succeeded(…), failed(…) or running(…)");
}

async function ended(
  { phase, message, result, outputs }: Succeeded<unknown> | Failed,
  output: StandardSchema | undefined,
): Promise<ExecuteReplyBody["node"]> {
  const checked = await check(phase === "Succeeded" ? output : undefined, outputs, "outputs");
  if (!checked.ok) throw new TypeError(`the plugin's outputs are not as its schema has them: ${checked.problem}`);
  const { value = {} } = checked;
  if (!isJsonObject(value)) throw new TypeError("outputs must be an object of output parameters by name");
  const travelling = outputsOf(value, result);
  return {
    phase,
    ...(message === undefined ? {} : { message }),
    ...(travelling === undefined ? {} : { outputs: travelling }),
  };
}

function goesOn({ requeue, state, ...node }: Running): ExecuteReplyBody {
  if (state === undefined) return { node, requeue };
  const text = jsonOf(state, "state");
  const stateBytes = Buffer.byteLength(text);
  if (stateBytes > MAX_STATE_BYTES) {
    throw new TypeError(`the state has ${stateBytes} bytes of JSON; it may have ${MAX_STATE_BYTES}`);
  }
  return { node, requeue, state: JSON.parse(text) };
}
