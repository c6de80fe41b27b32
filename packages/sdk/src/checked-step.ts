import { childPath } from "@outrigger/types";
import type { Plugin } from "./plugin.ts";
import { check } from "./schema/check.ts";
import type { RawContext, TemplateCall } from "./template-call.ts";

export type CheckedStep =
  | { readonly ok: true; readonly context: RawContext }
  | { readonly ok: false; readonly problem: string };

/** A step as the plugin's schemas give it, or why it cannot be run: nothing that calling again would change. */
export async function checkedStep({ plugin, context, keepsState }: TemplateCall): Promise<CheckedStep> {
  if (plugin.poll !== undefined && !keepsState) return { ok: false, problem: noState(plugin) };
  const input = await check(plugin.input, context.input, childPath("plugin", plugin.key));
  if (!input.ok) return { ok: false, problem: `the template does not fit the plugin: ${input.problem}` };
  if (context.state === undefined) return { ok: true, context: { ...context, input: input.value } };
  const state = await check(plugin.state, context.state, "state");
  if (!state.ok)
    return { ok: false, problem: `what was handed on by the call before cannot be used: ${state.problem}` };
  return { ok: true, context: { ...context, input: input.value, state: state.value } };
}

// It would be asked to begin again, and again, at each poll.
function noState({ key }: Plugin): string {
  return (
    `plugin ${key} needs its state back at each poll, and this agent does not say who it asks for, as Argo's does not: ` +
    "run the Workflow with Outrigger's agent"
  );
}
