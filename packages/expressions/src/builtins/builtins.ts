import { Arguments } from "../arguments.ts";
import { ExpressionError } from "../error.ts";
import type { CallContext, Value } from "../value.ts";
import { BITS } from "./bits.ts";
import { COLLECTIONS } from "./collections.ts";
import { CONVERSIONS } from "./conversions.ts";
import { DATES } from "./dates.ts";
import { NUMBERS } from "./numbers.ts";
import { TEXTS } from "./texts.ts";

export type Builtin = (args: Arguments, context: CallContext) => Value;

const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...TEXTS,
  ...NUMBERS,
  ...CONVERSIONS,
  ...COLLECTIONS,
  ...DATES,
  ...BITS,
]);

export function callBuiltin(name: string, values: readonly Value[], context: CallContext): Value {
  const builtin = BUILTINS.get(name);
  if (builtin === undefined) throw new ExpressionError(`there is no function ${name}`);
  const result = builtin(new Arguments(name, values), context);
  context.spend(sizeOf(result));
  return result;
}

function sizeOf(value: Value): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : 1;
}
