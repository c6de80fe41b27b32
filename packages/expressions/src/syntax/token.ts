export type TokenKind = "identifier" | "number" | "string" | "bytes" | "operator" | "bracket" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** For strings, what they stand for; else the text itself. */
  readonly text: string;
  /** Where it begins in the source. */
  readonly position: number;
}

export function describeToken({ kind, text }: Token): string {
  return kind === "end" ? "end of expression" : `${kind} ${JSON.stringify(text)}`;
}
