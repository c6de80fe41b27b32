import type { Arguments } from "../arguments.ts";
import type { CallContext, Value } from "../value.ts";

/** Functions by name. */
export type Functions = readonly (readonly [name: string, call: (args: Arguments, context: CallContext) => Value])[];
