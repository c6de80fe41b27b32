/**
 * What is wrong with an expression, and where: an offset into its text. Never leaves this package: `compile` and `evaluate` turn it
 * into a value.
 */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  position: number | undefined;

  constructor(message: string, position?: number) {
    super(message);
    this.position = position;
  }
}

export interface Problem {
  readonly ok: false;
  /** Ends with the place in the expression, as in `unexpected end of expression (1:5)`. */
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** Runs a step of the language; what it throws becomes a value that names the place in the source. */
export function attempt<T>(source: string, run: () => T): { readonly ok: true; readonly value: T } | Problem {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { line, column } = placeOf(source, error.position ?? 0);
    return { ok: false, message: `${error.message} (${line}:${column})`, line, column };
  }
}

function placeOf(source: string, position: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, position).split("\n");
  return { line: before.length, column: Array.from(before.at(-1) ?? "").length + 1 };
}
