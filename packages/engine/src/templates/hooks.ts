import { EXIT_HOOK, isFailedOrError, isFulfilled } from "@outrigger/types";
import type { LifecycleHook, NodeStatus, TemplateCall } from "@outrigger/types";
import { evaluateCondition } from "../expressions/evaluate.ts";
import { surroundingsIn } from "../expressions/expression-tag.ts";
import { succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { Run } from "../run.ts";
import { callsScope } from "../scope/calls-scope.ts";
import type { CalledNode } from "../scope/calls-scope.ts";
import { layered } from "../scope/scope.ts";
import type { Scope } from "../scope/scope.ts";
import { resolveArguments } from "./arguments.ts";
import type { Argument } from "./arguments.ts";
import { cutOff } from "./cut-off.ts";
import type { Invoke, Surroundings } from "./invocation.ts";
import { failNode } from "./nodes.ts";

/** The hooks of one node, and what they can see. */
export interface Hooked {
  /** What they hang on. */
  readonly node: NodeStatus;
  /** By name; `exit` runs at the end, others once their expression has become true. */
  readonly hooks: Readonly<Record<string, LifecycleHook>>;
  /** For what the hooks call; its scope sees the node itself. */
  readonly surroundings: Surroundings;
  readonly place: string;
  readonly invoke: Invoke;
}

/** A call's hooks, in either way of writing them; undefined if it has none. */
export function hooksOf({ hooks, onExit }: Pick<TemplateCall, "hooks" | "onExit">): Hooked["hooks"] | undefined {
  if (onExit === undefined || onExit === "") return hooks;
  return { ...hooks, [EXIT_HOOK]: { template: onExit } };
}

/** The scope of a call's hooks: also the call itself, in whatever state it is. */
export function hookScope(root: "steps" | "tasks", called: CalledNode, name: string, around: Scope): Scope {
  const names = [name, called.node.displayName];
  return layered(
    callsScope(root, { find: (wanted) => (names.includes(wanted) ? called : undefined), names: () => names }),
    around,
  );
}

/** Starts hooks whose time has come, and moves on those that run. Answers whether all that have to run are through. */
export function runHooks(run: Run, hooked: Hooked): boolean {
  const states = Object.entries(hooked.hooks).map(([name, hook]) =>
    name === EXIT_HOOK ? runExitHook(run, hooked, hook) : runHook(run, hooked, name, hook),
  );
  return states.every((node) => node === undefined || isFulfilled(node.phase));
}

function runHook(run: Run, hooked: Hooked, name: string, hook: LifecycleHook): NodeStatus | undefined {
  const nodeName = `${hooked.node.name}.hooks.${name}`;
  return hang(run, hooked, {
    nodeName,
    hook,
    place: `${hooked.place}.hooks.${name}`,
    surroundings: hooked.surroundings,
  });
}

// Undefined if there is nothing to run, or not yet.
function runExitHook(run: Run, hooked: Hooked, hook: LifecycleHook): NodeStatus | undefined {
  const { phase, name } = hooked.node;
  if (phase !== "Succeeded" && !isFailedOrError(phase)) return undefined;
  const surroundings = { ...hooked.surroundings, onExit: true, deadline: undefined };
  return hang(run, hooked, {
    nodeName: `${name}.onExit`,
    hook,
    place: `${hooked.place}.hooks.${EXIT_HOOK}`,
    surroundings,
  });
}

function hang(run: Run, { node, invoke }: Hooked, call: HookCall): NodeStatus | undefined {
  const existing = run.tree.byName(call.nodeName);
  if (existing === undefined && cutOff(run, call.surroundings) !== undefined) return undefined;
  const hookNode = invokeHook(run, { existing, call, invoke });
  if (hookNode !== undefined) run.tree.addChild(node.id, hookNode.id);
  return hookNode;
}

export interface HookCall {
  readonly nodeName: string;
  readonly hook: LifecycleHook;
  /** Instead of the hook's own. */
  readonly arguments?: readonly Argument[];
  readonly place: string;
  readonly surroundings: Surroundings;
}

export interface HookInvocation {
  readonly call: HookCall;
  /** The hook's node, if it has begun. */
  readonly existing: NodeStatus | undefined;
  readonly invoke: Invoke;
}

/** Starts a hook if its expression is true, or moves it on. Undefined if its time has not come. */
export function invokeHook(run: Run, { call, existing, invoke }: HookInvocation): NodeStatus | undefined {
  const { hook, nodeName, place, surroundings } = call;
  const prepared = existing === undefined ? prepare(run, call) : succeeded([]);
  if (prepared.ok && prepared.value === undefined) return undefined;
  run.urgent ||= existing === undefined && hook.expression !== undefined; // what made the expression true may have passed when the Workflow is looked at again
  const invocation = { nodeName, call: hook, arguments: [], surroundings, flag: { hooked: true }, place };
  if (!prepared.ok) return failNode(run, invocation, prepared.message);
  const node = existing === undefined ? {} : { node: existing };
  return invoke(run, { ...invocation, ...node, arguments: prepared.value ?? [] });
}

// The hook's arguments; undefined if its time has not come.
function prepare(
  run: Run,
  { nodeName, hook, arguments: given, surroundings, place }: HookCall,
): Outcome<readonly Argument[] | undefined> {
  const { expression } = hook;
  const isAnnounced = run.announcedTask(run.tree.idFor(nodeName)) !== undefined;
  if (expression !== undefined && expression !== "" && !isAnnounced) {
    const at = `${place}.expression`;
    const wanted = evaluateCondition(expression, surroundingsIn(surroundings.scope, at), at);
    if (!wanted.ok) return wanted;
    if (!wanted.value) return succeeded(undefined);
  }
  if (given !== undefined) return succeeded(given);
  return resolveArguments(hook.arguments?.parameters ?? [], surroundings.scope, place);
}
