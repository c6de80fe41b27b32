import { ExpressionError } from "../error.ts";
import { unescapeBytes, unescapeString } from "./string-literal.ts";
import type { Token, TokenKind } from "./token.ts";

const SKIPPED = /(?:[\s\u0085\u00a0]|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const WORD = /[\p{L}\p{Nd}_$]+/uy;
const NUMBER = /(?:0[xX][\da-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|(?:\d[\d_]*)?(?:\.(?!\.)[\d_]*)?(?:[eE][+-]?[\d_]*)?)/y;
const OPERATOR = /\?\.|\?\?|\?|\|\|?|::?|[,;%+\-^]|[&!=*<>][&=*]?|\.\.?|\/|##?/y;
const QUOTED = /(["'])((?:\\[^]|(?!\1)[^\\\n])*)\1/y;
const RAW = /`((?:[^`]|``)*)`/y;

const WORD_OPERATORS: ReadonlySet<string> = new Set(
  "not in or and matches contains startsWith endsWith let if else".split(" "),
);

interface Scanned {
  readonly kind: TokenKind;
  readonly text: string;
  readonly length: number;
}

/** The tokens of an expression; the last one is its end. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = skip(source, 0);
  while (position < source.length) {
    const { kind, text, length } = scan(source, position);
    tokens.push({ kind, text, position });
    position = skip(source, position + length);
  }
  tokens.push({ kind: "end", text: "", position: source.length });
  return tokens;
}

function skip(source: string, position: number): number {
  const next = position + (matchAt(SKIPPED, source, position)?.[0].length ?? 0);
  if (source.startsWith("/*", next)) throw new ExpressionError("a comment is never closed", next);
  return next;
}

function scan(source: string, position: number): Scanned {
  const first = source[position] ?? "";
  if (first === '"' || first === "'") return quoted(source, position);
  if (first === "`") return raw(source, position);
  if (/[bB]/.test(first) && /["']/.test(source[position + 1] ?? "")) return bytes(source, position);
  if (/^\.?\d/.test(source.slice(position, position + 2))) return number(source, position);
  if ("([{}])".includes(first)) return { kind: "bracket", text: first, length: 1 };
  return wordOrOperator(source, position);
}

function wordOrOperator(source: string, position: number): Scanned {
  const word = matchAt(WORD, source, position)?.[0];
  if (word !== undefined) {
    return { kind: WORD_OPERATORS.has(word) ? "operator" : "identifier", text: word, length: word.length };
  }
  const operator = matchAt(OPERATOR, source, position)?.[0];
  if (operator !== undefined) return { kind: "operator", text: operator, length: operator.length };
  const character = String.fromCodePoint(source.codePointAt(position) ?? 0);
  throw new ExpressionError(`${JSON.stringify(character)} means nothing here`, position);
}

function number(source: string, position: number): Scanned {
  const text = matchAt(NUMBER, source, position)?.[0] ?? "";
  if (matchAt(WORD, source, position + text.length) !== undefined) {
    throw new ExpressionError(`a number cannot be followed by a letter`, position + text.length);
  }
  return { kind: "number", text, length: text.length };
}

function quoted(source: string, position: number): Scanned {
  const match = matchAt(QUOTED, source, position);
  if (match === undefined) throw new ExpressionError("a string is never closed", position);
  return { kind: "string", text: unescapeString(match[2] ?? "", position + 1), length: match[0].length };
}

function bytes(source: string, position: number): Scanned {
  const match = matchAt(QUOTED, source, position + 1);
  if (match === undefined) throw new ExpressionError("a literal of bytes is never closed", position);
  return { kind: "bytes", text: unescapeBytes(match[2] ?? "", position + 2), length: match[0].length + 1 };
}

function raw(source: string, position: number): Scanned {
  const match = matchAt(RAW, source, position);
  if (match === undefined) throw new ExpressionError("a raw string is never closed", position);
  return { kind: "string", text: (match[1] ?? "").replaceAll("``", "`"), length: match[0].length };
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}
