export interface Precedence {
  readonly level: number;
  readonly rightToLeft?: true;
}

export const UNARY: ReadonlyMap<string, number> = new Map([
  ["not", 50],
  ["!", 50],
  ["-", 90],
  ["+", 90],
]);

/** The higher the level, the tighter an operator binds. */
export const BINARY: ReadonlyMap<string, Precedence> = new Map<string, Precedence>([
  ["|", { level: 0 }],
  ["or", { level: 10 }],
  ["||", { level: 10 }],
  ["and", { level: 15 }],
  ["&&", { level: 15 }],
  ["==", { level: 20 }],
  ["!=", { level: 20 }],
  ["<", { level: 20 }],
  [">", { level: 20 }],
  [">=", { level: 20 }],
  ["<=", { level: 20 }],
  ["in", { level: 20 }],
  ["matches", { level: 20 }],
  ["contains", { level: 20 }],
  ["startsWith", { level: 20 }],
  ["endsWith", { level: 20 }],
  ["..", { level: 25 }],
  ["+", { level: 30 }],
  ["-", { level: 30 }],
  ["*", { level: 60 }],
  ["/", { level: 60 }],
  ["%", { level: 60 }],
  ["**", { level: 100, rightToLeft: true }],
  ["^", { level: 100, rightToLeft: true }],
  ["??", { level: 500 }],
]);

export const COMPARISONS: ReadonlySet<string> = new Set(["<", ">", ">=", "<="]);

/** What may stand behind `not`, as in `x not in y`. */
export const NEGATABLE: ReadonlySet<string> = new Set(["in", "matches", "contains", "startsWith", "endsWith"]);
