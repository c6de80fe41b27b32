import { ExpressionError } from "../error.ts";
import { LIMITS } from "../limits.ts";
import { tokenize } from "./lexer.ts";
import { describeToken } from "./token.ts";
import type { Token, TokenKind } from "./token.ts";

const END: Token = { kind: "end", text: "", position: 0 };

/** Where a parser is in its tokens. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(source: string) {
    this.#tokens = tokenize(source);
  }

  get current(): Token {
    return this.#tokens[this.#index] ?? END;
  }

  get following(): Token {
    return this.#tokens[this.#index + 1] ?? END;
  }

  advance(): Token {
    const token = this.current;
    if (token.kind !== "end") this.#index += 1;
    return token;
  }

  is(kind: TokenKind, text?: string): boolean {
    return this.current.kind === kind && (text === undefined || this.current.text === text);
  }

  operator(text: string): boolean {
    return this.is("operator", text);
  }

  bracket(text: string): boolean {
    return this.is("bracket", text);
  }

  take(kind: TokenKind, text: string): boolean {
    if (!this.is(kind, text)) return false;
    this.#index += 1;
    return true;
  }

  expect(kind: TokenKind, text?: string): Token {
    if (!this.is(kind, text)) throw this.unexpected(text === undefined ? `a ${kind}` : JSON.stringify(text));
    return this.advance();
  }

  unexpected(wanted?: string): ExpressionError {
    const hint = wanted === undefined ? "" : `, ${wanted} is missing`;
    return new ExpressionError(`unexpected ${describeToken(this.current)}${hint}`, this.current.position);
  }

  /** Goes one level deeper, and comes back. */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > LIMITS.depth) {
      throw new ExpressionError(`nested more than ${LIMITS.depth} deep`, this.current.position);
    }
    const result = parse();
    this.#depth -= 1;
    return result;
  }
}
