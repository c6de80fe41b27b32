import { tryPattern } from "@outrigger/expressions";
import { compareText } from "../go-json.ts";
import type { Expression } from "./parser.ts";
import { ExpressionError } from "./syntax-error.ts";

export type Value = string | number | boolean | null | readonly Value[];

type Operator = (left: Value, right: Value) => Value;

const OPERATORS: Readonly<Record<string, Operator>> = {
  "==": same,
  "!=": (left, right) => !same(left, right),
  ">": ordered(">", (order) => order > 0),
  ">=": ordered(">=", (order) => order >= 0),
  "<": ordered("<", (order) => order < 0),
  "<=": ordered("<=", (order) => order <= 0),
  "=~": (left, right) => matches("=~", left, right),
  "!~": (left, right) => !matches("!~", left, right),
  in: contains,
  "+": add,
  "-": arithmetic("-", (left, right) => left - right),
  "*": arithmetic("*", (left, right) => left * right),
  "/": arithmetic("/", (left, right) => left / right),
  "%": arithmetic("%", (left, right) => left % right),
  "**": arithmetic("**", (left, right) => left ** right),
};

export function evaluate(expression: Expression): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "list":
      return expression.items.map(evaluate);
    case "prefix": {
      const operand = evaluate(expression.operand);
      return expression.operator === "!" ? !asBoolean("!", operand) : -asNumber("-", operand);
    }
    case "choice":
      if (asBoolean("?", evaluate(expression.condition))) return evaluate(expression.yes);
      return expression.no === undefined ? null : evaluate(expression.no);
    default:
      return binary(expression.operator, evaluate(expression.left), expression.right);
  }
}

// The right side is evaluated only where it matters.
function binary(operator: string, left: Value, right: Expression): Value {
  switch (operator) {
    case "&&":
      return asBoolean(operator, left) && asBoolean(operator, evaluate(right));
    case "||":
      return asBoolean(operator, left) || asBoolean(operator, evaluate(right));
    case "??":
      return left ?? evaluate(right);
    default: {
      const apply = OPERATORS[operator];
      if (apply === undefined) throw new ExpressionError(`${operator} is not part of the language`);
      return apply(left, evaluate(right));
    }
  }
}

function same(left: Value, right: Value): boolean {
  if (!isList(left) || !isList(right)) return left === right;
  return left.length === right.length && left.every((item, index) => same(item, right[index] ?? null));
}

function contains(left: Value, right: Value): boolean {
  if (!isList(right)) {
    throw new ExpressionError(`${show(right)} cannot stand after in: a list of two or more does, such as (a, b)`);
  }
  return right.some((item) => same(left, item));
}

function matches(operator: string, left: Value, right: Value): boolean {
  const [text, pattern] = [left, right].map((value) => {
    if (typeof value !== "string")
      throw new ExpressionError(`${show(value)} cannot be used with ${operator}: it is not text`);
    return value;
  });
  const matched = tryPattern(text ?? "", pattern ?? "");
  if (!matched.ok) throw new ExpressionError(matched.message);
  return matched.value;
}

function ordered(operator: string, holds: (order: number) => boolean): Operator {
  return (left, right) => {
    if (typeof left === "string" && typeof right === "string") return holds(compareText(left, right));
    return holds(asNumber(operator, left) - asNumber(operator, right));
  };
}

function add(left: Value, right: Value): Value {
  if (typeof left === "string" || typeof right === "string") return `${show(left)}${show(right)}`;
  return asNumber("+", left) + asNumber("+", right);
}

function arithmetic(operator: string, apply: (left: number, right: number) => number): Operator {
  return (left, right) => apply(asNumber(operator, left), asNumber(operator, right));
}

function asNumber(operator: string, value: Value): number {
  if (typeof value === "number") return value;
  throw new ExpressionError(`${show(value)} cannot be used with ${operator}: it is not a number`);
}

function asBoolean(operator: string, value: Value): boolean {
  if (typeof value === "boolean") return value;
  throw new ExpressionError(`${show(value)} cannot be used with ${operator}: it is not true or false`);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function show(value: Value): string {
  return isList(value) ? `[${value.map(show).join(" ")}]` : String(value);
}
