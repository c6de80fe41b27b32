import { ExpressionError } from "../error.ts";
import { LIMITS } from "../limits.ts";
import type { CallContext, Value, ValueMap } from "../value.ts";

/** What an expression is evaluated with. */
export interface Environment {
  readonly variables: ValueMap;
  /** The time that `now()` tells. */
  readonly nowMs: number;
  /** From 0 up to, but not including, 1. */
  random(): number;
}

/** What one evaluation may still use. */
export class Run implements CallContext {
  readonly environment: Environment;
  #steps = LIMITS.steps;
  #cells = LIMITS.cells;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  get nowMs(): number {
    return this.environment.nowMs;
  }

  random(): number {
    return this.environment.random();
  }

  step(): void {
    this.#steps -= 1;
    if (this.#steps < 0) throw new ExpressionError(`it takes more than ${LIMITS.steps} steps`);
  }

  spend(cells: number): void {
    this.#cells -= cells;
    if (this.#cells < 0) throw new ExpressionError(`it makes more than ${LIMITS.cells} items and characters`);
  }
}

/** One turn of a predicate: what `#`, `#index` and `#acc` mean. */
export interface Turn {
  readonly item: Value;
  readonly index: number;
  readonly accumulated?: Value;
}

/** Where an evaluation is: the names that `let` gave, the turn of the innermost predicate. */
export interface Frame {
  readonly run: Run;
  readonly locals?: Local;
  readonly turn?: Turn;
}

interface Local {
  readonly name: string;
  readonly value: Value;
  readonly outer: Local | undefined;
}

export function withLocal(frame: Frame, name: string, value: Value): Frame {
  return { ...frame, locals: { name, value, outer: frame.locals } };
}

export function lookUp({ locals, run }: Frame, name: string): Value {
  for (let local = locals; local !== undefined; local = local.outer) if (local.name === name) return local.value;
  const { variables } = run.environment;
  if (name === "$env") return variables;
  const value = variables.get(name);
  if (value === undefined) throw new ExpressionError(`there is no variable ${name}`);
  return value;
}
