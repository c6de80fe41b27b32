import { isDeepStrictEqual } from "node:util";
import { describe } from "@outrigger/types";

/** What is wrong, in words; undefined if nothing is. */
export type Problem = string | undefined;

export function equal(what: string, actual: unknown, wanted: unknown): Problem {
  return isDeepStrictEqual(actual, wanted) ? undefined : `${what} must be ${describe(wanted)}, not ${describe(actual)}`;
}

/** The first that is wrong. */
export function firstOf(...problems: readonly Problem[]): Problem {
  return problems.find((problem) => problem !== undefined);
}

export function calls(count: number): string {
  return count === 1 ? "1 call" : `${count} calls`;
}
