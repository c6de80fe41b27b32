import { Arguments } from "./arguments.ts";
import { toFloat, toInt } from "./builtins/conversions.ts";
import type { Functions } from "./builtins/builtin.ts";
import { jsonText, parseJson } from "./go/json.ts";
import { queryJsonPath } from "./jsonpath.ts";
import { SPRIG } from "./sprig/sprig.ts";
import { Callable } from "./value.ts";
import type { Value } from "./value.ts";

const FUNCTIONS: Functions = [
  ["asInt", (args) => toInt(args.at(0))],
  ["asFloat", (args) => toFloat(args.at(0))],
  ["toJson", (args) => jsonText(args.at(0))],
  ["jsonpath", (args) => queryJsonPath(parseJson(args.text(0)), args.text(1))],
];

/** What Argo adds to the language; these stand in the environment beside a workflow's variables. */
export const ARGO_FUNCTIONS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...callables(FUNCTIONS),
  ["sprig", SPRIG],
]);

/** Functions as values that a variable can hold. */
export function callables(functions: Functions): readonly [string, Callable][] {
  return functions.map(([name, call]) => [
    name,
    new Callable(name, (values, context) => call(new Arguments(name, values), context)),
  ]);
}
