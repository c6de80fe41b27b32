import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";

/** The results that `depends` can ask for. */
export const TASK_RESULTS = [
  "Succeeded",
  "Failed",
  "Errored",
  "Skipped",
  "Omitted",
  "Daemoned",
  "AnySucceeded",
  "AllFailed",
] as const;
export type TaskResult = (typeof TASK_RESULTS)[number];

export type Depends =
  | { readonly kind: "result"; readonly task: string; readonly result: TaskResult }
  /** A task's name alone: it has gone well enough. */
  | { readonly kind: "task"; readonly task: string }
  | { readonly kind: "not"; readonly operand: Depends }
  | { readonly kind: "all" | "any"; readonly operands: readonly Depends[] };

const MAX_DEPTH = 100;
const BLANK = /\s+/y;
const TOKEN = /&&|\|\||[!()]|[A-Za-z0-9][-A-Za-z0-9]*(?:\.[A-Za-z]+)?/y;

class DependsError extends Error {
  override readonly name = "DependsError";
}

/** Parses a `depends` expression: `a && (b.Failed || !c.Skipped)`. */
export function parseDepends(text: string): Outcome<Depends> {
  try {
    const parser = new DependsParser(tokenize(text));
    const value = parser.any(0);
    parser.expectEnd();
    return succeeded(value);
  } catch (error) {
    if (error instanceof DependsError) return failed(error.message);
    throw error;
  }
}

/** The tasks that an expression names, each once. */
export function tasksIn(depends: Depends): readonly string[] {
  switch (depends.kind) {
    case "task":
    case "result":
      return [depends.task];
    case "not":
      return tasksIn(depends.operand);
    default:
      return [...new Set(depends.operands.flatMap(tasksIn))];
  }
}

/** The results asked for that only a loop has. */
export function loopResultsIn(depends: Depends): readonly string[] {
  switch (depends.kind) {
    case "task":
      return [];
    case "result":
      return depends.result === "AnySucceeded" || depends.result === "AllFailed" ? [depends.task] : [];
    case "not":
      return loopResultsIn(depends.operand);
    default:
      return depends.operands.flatMap(loopResultsIn);
  }
}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  for (let position = skipBlanks(text, 0); position < text.length; position = skipBlanks(text, position)) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(text);
    if (match === null) throw new DependsError(`${text.slice(position, position + 1)} is not part of the language`);
    tokens.push(match[0]);
    position += match[0].length;
  }
  return tokens;
}

function skipBlanks(text: string, position: number): number {
  BLANK.lastIndex = position;
  return position + (BLANK.exec(text)?.[0].length ?? 0);
}

class DependsParser {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  any(depth: number): Depends {
    return this.#joined("||", "any", () => this.#joined("&&", "all", () => this.#operand(depth)));
  }

  expectEnd(): void {
    const token = this.#tokens[this.#position];
    if (token !== undefined) throw new DependsError(`an operator should stand before ${token}`);
  }

  #joined(operator: string, kind: "all" | "any", next: () => Depends): Depends {
    const operands = [next()];
    while (this.#take(operator)) operands.push(next());
    const [only] = operands;
    return operands.length === 1 && only !== undefined ? only : { kind, operands };
  }

  #operand(depth: number): Depends {
    if (depth > MAX_DEPTH) throw new DependsError(`it is nested more than ${MAX_DEPTH} deep`);
    if (this.#take("!")) return { kind: "not", operand: this.#operand(depth + 1) };
    if (this.#take("(")) {
      const inner = this.any(depth + 1);
      if (!this.#take(")")) throw new DependsError("a parenthesis is never closed");
      return inner;
    }
    return this.#task();
  }

  #task(): Depends {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new DependsError("it ends where a task should follow");
    if (!/^[A-Za-z0-9]/.test(token)) throw new DependsError(`a task should stand before ${token}`);
    this.#position += 1;
    const [task = "", name] = token.split(".", 2);
    if (name === undefined) return { kind: "task", task };
    const result = TASK_RESULTS.find((candidate) => candidate === name);
    if (result === undefined) {
      throw new DependsError(
        `task result '${name}' for task '${task}' is invalid: it is one of ${TASK_RESULTS.join(", ")}`,
      );
    }
    return { kind: "result", task, result };
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#position] !== token) return false;
    this.#position += 1;
    return true;
  }
}
