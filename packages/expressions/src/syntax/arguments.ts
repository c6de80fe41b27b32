import { ExpressionError } from "../error.ts";
import { BUILTIN_ARITIES } from "./builtin-names.ts";
import type { Node } from "./ast.ts";
import type { Grammar } from "./grammar.ts";

type Argument = "value" | "predicate" | "predicate?" | "value?";

/** Builtins that evaluate one of their arguments for each item of a list. */
const PREDICATES: ReadonlyMap<string, readonly Argument[]> = new Map<string, readonly Argument[]>([
  ["all", ["value", "predicate"]],
  ["none", ["value", "predicate"]],
  ["any", ["value", "predicate"]],
  ["one", ["value", "predicate"]],
  ["filter", ["value", "predicate"]],
  ["map", ["value", "predicate"]],
  ["count", ["value", "predicate?"]],
  ["sum", ["value", "predicate?"]],
  ["find", ["value", "predicate"]],
  ["findIndex", ["value", "predicate"]],
  ["findLast", ["value", "predicate"]],
  ["findLastIndex", ["value", "predicate"]],
  ["groupBy", ["value", "predicate"]],
  ["sortBy", ["value", "predicate", "value?"]],
  ["reduce", ["value", "predicate", "value?"]],
]);

export function isBuiltin(name: string): boolean {
  return PREDICATES.has(name) || BUILTIN_ARITIES.has(name);
}

/** The arguments of a builtin, `piped` being those that stood before `|`; undefined if the name is not a builtin's. */
export function parseBuiltin(grammar: Grammar, name: string, piped: readonly Node[]): readonly Node[] | undefined {
  const expected = PREDICATES.get(name);
  if (expected !== undefined) return parsePredicateArguments(grammar, expected, piped);
  const arity = BUILTIN_ARITIES.get(name);
  if (arity === undefined) return undefined;
  const { position } = grammar.cursor.current;
  const args = parseArguments(grammar, piped);
  if (args.length < arity.min || args.length > arity.max) {
    const wanted = arity.min === arity.max ? `${arity.min}` : `${arity.min} to ${arity.max}`;
    throw new ExpressionError(`${name} takes ${wanted} arguments, not ${args.length}`, position);
  }
  return args;
}

function parsePredicateArguments(
  grammar: Grammar,
  expected: readonly Argument[],
  piped: readonly Node[],
): readonly Node[] {
  const { cursor } = grammar;
  cursor.expect("bracket", "(");
  const args = [...piped];
  for (const argument of expected.slice(piped.length)) {
    if (argument.endsWith("?") && cursor.bracket(")")) break;
    if (args.length > piped.length) cursor.expect("operator", ",");
    args.push(argument.startsWith("predicate") ? grammar.predicate() : grammar.expression());
  }
  cursor.take("operator", ",");
  cursor.expect("bracket", ")");
  return args;
}

export function parseArguments(grammar: Grammar, piped: readonly Node[]): readonly Node[] {
  const { cursor } = grammar;
  cursor.expect("bracket", "(");
  const args = [...piped];
  while (!cursor.bracket(")")) {
    if (args.length > piped.length) cursor.expect("operator", ",");
    if (!cursor.bracket(")")) args.push(grammar.expression());
  }
  cursor.advance();
  return args;
}
