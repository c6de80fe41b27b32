import type { TemplateCall } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { evaluateWhen } from "../expressions/when.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { layered } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import { resolveArguments } from "./arguments.ts";
import type { Argument } from "./arguments.ts";
import { isLoop, itemScope, iterationName, itemsOf } from "./loops.ts";
import type { Item } from "./loops.ts";

/** A step or task, or one iteration of it, whose tags are replaced and whose `when` is decided. */
export type PreparedCall =
  | { readonly kind: "run"; readonly name: string; readonly arguments: readonly Argument[] }
  | { readonly kind: "skip"; readonly name: string; readonly message: string };

/** What a call comes to: one entry, or one for each item of a loop; none for a loop without items. */
export function prepareCall(call: TemplateCall, scope: Scope, place: string): Outcome<readonly PreparedCall[]> {
  if (!isLoop(call)) return single(call, scope, place);
  const items = itemsOf(call, scope, place);
  if (items.ok) return iterations(call, items.value, scope, place);
  // The items may be missing just because of what makes `when` false.
  const when = decide(call, scope, place);
  return when.ok && when.value !== undefined
    ? succeeded([{ kind: "skip", name: call.name, message: when.value }])
    : items;
}

function single(call: TemplateCall, scope: Scope, place: string): Outcome<readonly PreparedCall[]> {
  const prepared = prepare(call, call.name, scope, place);
  return prepared.ok ? succeeded([prepared.value]) : prepared;
}

function iterations(
  call: TemplateCall,
  items: readonly Item[],
  scope: Scope,
  place: string,
): Outcome<readonly PreparedCall[]> {
  const prepared: PreparedCall[] = [];
  for (const [index, item] of items.entries()) {
    const name = iterationName(call.name, index, item);
    const iteration = prepare(call, name, layered(itemScope(item, name), scope), place);
    if (!iteration.ok) return iteration;
    prepared.push(iteration.value);
  }
  return succeeded(prepared);
}

function prepare(call: TemplateCall, name: string, scope: Scope, place: string): Outcome<PreparedCall> {
  const when = decide(call, scope, place);
  if (!when.ok) return when;
  if (when.value !== undefined) return succeeded({ kind: "skip", name, message: when.value });
  const given = resolveArguments(call.arguments?.parameters ?? [], scope, place);
  return given.ok ? succeeded({ kind: "run", name, arguments: given.value }) : given;
}

// Why the call shall not run; undefined if it shall.
function decide(call: TemplateCall, scope: Scope, place: string): Outcome<string | undefined> {
  if (call.when === undefined || call.when === "") return succeeded(undefined);
  const substitution = new Substitution(scope);
  const text = substitution.text(call.when, `${place}.when`);
  if (substitution.problem !== undefined) return failed(substitution.problem);
  const decided = evaluateWhen(text);
  if (!decided.ok) return failed(`${place}: ${decided.message}`);
  return succeeded(decided.value ? undefined : `when '${text}' evaluated false`);
}
