import type { Token } from "./lexer.ts";
import { ExpressionError } from "./syntax-error.ts";

export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "prefix"; readonly operator: string; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "choice";
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression | undefined;
    };

// Loosest first. Operators of one level are grouped from the left.
const LEVELS: readonly ReadonlySet<string>[] = [
  new Set(["??"]),
  new Set(["||"]),
  new Set(["&&"]),
  new Set(["==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in"]),
  new Set(["+", "-"]),
  new Set(["*", "/", "%"]),
  new Set(["**"]),
];
const PREFIXES: ReadonlySet<string> = new Set(["-", "!"]);
const MAX_DEPTH = 200;

export function parse(tokens: readonly Token[]): Expression {
  const parser = new Parser(tokens);
  const expression = parser.list();
  parser.expectEnd();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  list(): Expression {
    const items = [this.choice()];
    while (this.#take(",")) items.push(this.choice());
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { kind: "list", items };
  }

  choice(): Expression {
    const condition = this.level(0);
    if (!this.#take("?")) return condition;
    const yes = this.level(0);
    return { kind: "choice", condition, yes, no: this.#take(":") ? this.choice() : undefined };
  }

  level(index: number): Expression {
    const operators = LEVELS[index];
    if (operators === undefined) return this.prefixed();
    let left = this.level(index + 1);
    for (let operator = this.#peek(); operator !== undefined && operators.has(operator); operator = this.#peek()) {
      this.#position += 1;
      left = { kind: "binary", operator, left, right: this.level(index + 1) };
    }
    return left;
  }

  prefixed(): Expression {
    const operator = this.#peek();
    if (operator === undefined || !PREFIXES.has(operator)) return this.primary();
    return this.#nested(() => {
      this.#position += 1;
      return { kind: "prefix", operator, operand: this.prefixed() };
    });
  }

  primary(): Expression {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new ExpressionError("it ends where a value should follow");
    this.#position += 1;
    if (token.kind === "literal") return { kind: "literal", value: token.value };
    if (token.value !== "(") throw new ExpressionError(`a value should stand before ${token.source}`);
    return this.#nested(() => this.#closed());
  }

  expectEnd(): void {
    const token = this.#tokens[this.#position];
    if (token === undefined) return;
    if (token.source === ")") throw new ExpressionError("a closing parenthesis has no partner");
    throw new ExpressionError(`an operator should stand before ${token.source}`);
  }

  #closed(): Expression {
    if (this.#take(")")) return { kind: "list", items: [] };
    const inner = this.list();
    if (!this.#take(")")) throw new ExpressionError("a parenthesis is never closed");
    return inner;
  }

  #nested(read: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new ExpressionError(`it is nested more than ${MAX_DEPTH} deep`);
    const expression = read();
    this.#depth -= 1;
    return expression;
  }

  #peek(): string | undefined {
    const token = this.#tokens[this.#position];
    return token?.kind === "symbol" ? token.value : undefined;
  }

  #take(symbol: string): boolean {
    if (this.#peek() !== symbol) return false;
    this.#position += 1;
    return true;
  }
}
