import { EXIT_HOOK } from "@outrigger/types";
import type { JsonValue, LifecycleHook, TemplateCall } from "@outrigger/types";
import { hookCalls } from "../plugins/keys.ts";
import type { CalledTemplates } from "./called-templates.ts";
import { checkCalledTemplate, reportUnknownTags } from "./calls.ts";
import { checkExpression } from "./expressions.ts";
import type { Findings, Place } from "./findings.ts";
import type { KnownNames } from "./known-names.ts";
import { checkArguments } from "./parameters.ts";

/** What carries hooks: a step, a task, or the Workflow. */
export interface HookCheck {
  readonly hooks: Pick<TemplateCall, "hooks" | "onExit">;
  readonly place: Place;
  readonly called: CalledTemplates;
  /** What tags of the hooks may name: also what they hang on. */
  readonly known: KnownNames;
}

export function checkHooks({ hooks: carrier, place, called, known }: HookCheck, findings: Findings): void {
  if (carrier.hooks?.[EXIT_HOOK] !== undefined && carrier.onExit !== undefined && carrier.onExit !== "") {
    findings.report(`${place.path}.onExit`, `${place.label} has both onExit and hooks.exit, choose one`);
  }
  for (const call of hookCalls(carrier)) {
    const hook = carrier.hooks?.[call.name];
    const field = hook === undefined ? "onExit" : `hooks.${call.name}`;
    const at = { path: `${place.path}.${field}`, label: `${place.label}.${field}` };
    checkCalledTemplate(call, at, called, findings);
    if (hook !== undefined) checkHook(hook, at, { known, needsExpression: call.name !== EXIT_HOOK }, findings);
  }
}

function checkHook(
  { expression = "", arguments: given }: LifecycleHook,
  { path, label }: Place,
  { known, needsExpression }: { readonly known: KnownNames; readonly needsExpression: boolean },
  findings: Findings,
): void {
  if (expression !== "") checkExpression(expression, `${path}.expression`, findings);
  else if (needsExpression) findings.report(path, `${label} needs an expression: when shall it run?`);
  checkArguments(given, { path: `${path}.arguments`, label: `${label}.arguments` }, findings);
  const owner = { path, label: `${label}:` };
  const texts = (given ?? {}) as unknown as JsonValue;
  reportUnknownTags(texts, { path: `${path}.arguments`, label }, known, { owner, findings });
}
