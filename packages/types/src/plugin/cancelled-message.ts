import type { PluginAnswer } from "./answer.ts";
import { METHOD_CANCEL } from "./rpc.ts";

/** An answer to `template.cancel` of a plugin that has the method, and the task. */
export type CancelAnswer = Exclude<PluginAnswer, { kind: "declined" | "unknownMethod" }>;

/** What a cancelled node says: what the plugin said, if it did; else why it was cancelled, and what went wrong about it. */
export function cancelledMessage(
  reason: string,
  said: { readonly plugin: string; readonly answer: CancelAnswer } | undefined,
): string {
  const cancelled = `cancelled: ${reason}`;
  if (said === undefined) return cancelled;
  const { plugin, answer } = said;
  if ("result" in answer) {
    const message = answer.result?.message ?? "";
    return message === "" ? cancelled : message;
  }
  const trouble = answer.kind === "fatal" ? answer.message : `gave ${METHOD_CANCEL} no answer: ${answer.reason}`;
  return `${cancelled} (plugin ${plugin} ${trouble})`;
}
