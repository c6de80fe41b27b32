import { callBuiltin } from "../builtins/builtins.ts";
import { ExpressionError } from "../error.ts";
import { kindOf } from "../kind.ts";
import type { Node, NodeOf } from "../syntax/ast.ts";
import { Callable } from "../value.ts";
import type { Key, Value } from "../value.ts";
import { fetchFrom, slice } from "./access.ts";
import { negate } from "./arithmetic.ts";
import { lookUp, withLocal } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { binary, LAZY } from "./operators.ts";
import { PREDICATES } from "./predicates.ts";

export function evaluate(node: Node, frame: Frame): Value {
  frame.run.step();
  try {
    const evaluator = EVALUATORS[node.kind] as (node: Node, frame: Frame) => Value;
    return evaluator(node, frame);
  } catch (error) {
    // The innermost place is the one to show.
    if (error instanceof ExpressionError) error.position ??= node.position;
    throw error;
  }
}

const EVALUATORS: { readonly [Kind in Node["kind"]]: (node: NodeOf<Kind>, frame: Frame) => Value } = {
  literal: ({ value }) => value,
  identifier: ({ name }, frame) => lookUp(frame, name),
  unary: evaluateUnary,
  binary: evaluateBinary,
  member: (node, frame) => followLink(node, frame) ?? null,
  call: (node, frame) => followLink(node, frame) ?? null,
  chain: ({ link }, frame) => followLink(link, frame) ?? null,
  slice: ({ object, from, to }, frame) =>
    slice(evaluate(object, frame), from && evaluate(from, frame), to && evaluate(to, frame)),
  builtin: evaluateBuiltin,
  predicate: () => {
    throw new ExpressionError("a predicate is no value");
  },
  pointer: evaluatePointer,
  let: ({ name, value, body }, frame) => evaluate(body, withLocal(frame, name, evaluate(value, frame))),
  sequence: ({ nodes }, frame) => nodes.reduce<Value>((_before, node) => evaluate(node, frame), null),
  conditional: ({ condition, yes, no }, frame) => evaluate(asCondition(evaluate(condition, frame)) ? yes : no, frame),
  list: ({ items }, frame) => {
    frame.run.spend(items.length);
    return items.map((item) => evaluate(item, frame));
  },
  map: ({ pairs }, frame) => {
    frame.run.spend(pairs.length);
    return new Map(pairs.map(([key, value]): [Key, Value] => [asMapKey(evaluate(key, frame)), evaluate(value, frame)]));
  },
};

function evaluateUnary({ operator, operand }: NodeOf<"unary">, frame: Frame): Value {
  const value = evaluate(operand, frame);
  if (operator === "-") return negate(value);
  if (operator === "+") return value;
  return !asCondition(value);
}

function evaluateBinary({ operator, left, right }: NodeOf<"binary">, frame: Frame): Value {
  const lazy = LAZY.get(operator);
  const first = evaluate(left, frame);
  if (lazy !== undefined) return lazy(first, () => evaluate(right, frame));
  return binary(operator, first, { right: evaluate(right, frame), run: frame.run });
}

function evaluateBuiltin({ name, args }: NodeOf<"builtin">, frame: Frame): Value {
  const predicate = PREDICATES.get(name);
  if (predicate === undefined)
    return callBuiltin(
      name,
      args.map((arg) => evaluate(arg, frame)),
      frame.run,
    );
  const [list, body, extra] = args;
  return predicate({
    list: list === undefined ? null : evaluate(list, frame),
    extra: extra === undefined ? undefined : evaluate(extra, frame),
    run: frame.run,
    ...(body?.kind === "predicate" && { body: (turn) => evaluate(body.body, { ...frame, turn }) }),
  });
}

function evaluatePointer({ name }: NodeOf<"pointer">, { turn }: Frame): Value {
  if (turn === undefined) throw new ExpressionError("# stands outside of a predicate");
  if (name === "") return turn.item;
  if (name === "index") return BigInt(turn.index);
  if (name === "acc" && turn.accumulated !== undefined) return turn.accumulated;
  throw new ExpressionError(`#${name} means nothing here`);
}

// One piece of a chain such as `a?.b.c(d)`; undefined once a `?.` has met nil.
function followLink(node: Node, frame: Frame): Value | undefined {
  if (node.kind === "member") return followMember(node, frame);
  if (node.kind !== "call") return evaluate(node, frame);
  const callee = followLink(node.callee, frame);
  if (callee === undefined) return undefined;
  if (!(callee instanceof Callable)) throw new ExpressionError(`${kindOf(callee)} is not a function`, node.position);
  return callee.call(
    node.args.map((arg) => evaluate(arg, frame)),
    frame.run,
  );
}

function followMember({ object, key, optional, position }: NodeOf<"member">, frame: Frame): Value | undefined {
  const base = followLink(object, frame);
  if (base === undefined || (optional && base === null)) return undefined;
  try {
    return fetchFrom(base, evaluate(key, frame));
  } catch (error) {
    if (error instanceof ExpressionError) error.position ??= position;
    throw error;
  }
}

export function asCondition(value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw new ExpressionError(`${kindOf(value)} is not true or false`);
}

function asMapKey(value: Value): string {
  if (typeof value === "string") return value;
  throw new ExpressionError(`the key of a map is text, not ${kindOf(value)}`);
}
