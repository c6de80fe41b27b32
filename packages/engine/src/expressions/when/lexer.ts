import { ExpressionError } from "./syntax-error.ts";

export type Token =
  | { readonly kind: "literal"; readonly value: string | number | boolean; readonly source: string }
  | { readonly kind: "symbol"; readonly value: string; readonly source: string };

// Far more than a person writes; it bounds the recursion that follows.
const MAX_TOKENS = 2_000;

const BLANK = /\s+/y;
const NUMBER = /0x[\da-fA-F]+|[\d.]+/y;
const QUOTED = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/sy;
const BRACKETED = /\[((?:[^\]\\]|\\.)*)\]/sy;
const WORD = /\p{L}[\p{L}\p{Nd}_.]*/uy;
const SYMBOL = /==|!=|>=|<=|=~|!~|&&|\|\||\*\*|\?\?|[><+\-*/%!?:,()]/y;

/** Splits an expression into literals and symbols. A word without quotes is text, as if it were quoted. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = skipBlanks(text, 0);
  while (position < text.length) {
    const token = readToken(text, position);
    tokens.push(token);
    if (tokens.length > MAX_TOKENS) throw new ExpressionError(`it has more than ${MAX_TOKENS} words and operators`);
    position = skipBlanks(text, position + token.source.length);
  }
  return tokens;
}

function readToken(text: string, position: number): Token {
  const number = match(NUMBER, text, position);
  if (number !== undefined) return literal(number[0], parseNumber(number[0]));
  const quoted = match(QUOTED, text, position) ?? match(BRACKETED, text, position);
  if (quoted !== undefined) return literal(quoted[0], unescape(quoted[1] ?? quoted[2] ?? ""));
  const word = match(WORD, text, position);
  if (word !== undefined) return wordToken(word[0]);
  const symbol = match(SYMBOL, text, position);
  if (symbol !== undefined) return { kind: "symbol", value: symbol[0], source: symbol[0] };
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  if (`'"[`.includes(character)) throw new ExpressionError(`${character} is never closed`);
  throw new ExpressionError(`${character} is not part of the language`);
}

function wordToken(word: string): Token {
  if (word === "true" || word === "false") return literal(word, word === "true");
  if (word === "in" || word === "IN") return { kind: "symbol", value: "in", source: word };
  return literal(word, word);
}

function literal(source: string, value: string | number | boolean): Token {
  return { kind: "literal", value, source };
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (Number.isNaN(value)) throw new ExpressionError(`${text} is not a number`);
  return value;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, "$1");
}

function match(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}

function skipBlanks(text: string, position: number): number {
  return position + (match(BLANK, text, position)?.[0].length ?? 0);
}
