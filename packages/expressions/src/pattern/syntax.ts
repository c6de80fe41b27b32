/** What is wrong with a pattern. Never leaves this folder: `matcher.ts` turns it into a value. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

export type CharacterTest = (character: string) => boolean;
export type Assertion = "textStart" | "textEnd" | "lineStart" | "lineEnd" | "wordBoundary" | "noWordBoundary";

export type Pattern =
  | { readonly kind: "character"; readonly test: CharacterTest }
  | { readonly kind: "assertion"; readonly assertion: Assertion }
  | { readonly kind: "sequence"; readonly items: readonly Pattern[] }
  | { readonly kind: "either"; readonly options: readonly Pattern[] }
  /** Parentheses that remember what they matched, numbered from 1 by where they open. */
  | { readonly kind: "group"; readonly item: Pattern; readonly number: number }
  | {
      readonly kind: "repeat";
      readonly item: Pattern;
      readonly min: number;
      readonly max: number | undefined;
      /** Takes as little as it can. */
      readonly lazy: boolean;
    };

/** `(?i)`, `(?s)`, `(?m)`: hold from where they stand to the end of the group. */
export interface Flags {
  readonly ignoreCase: boolean;
  readonly dotMatchesNewline: boolean;
  readonly multiline: boolean;
}

export const NO_FLAGS: Flags = { ignoreCase: false, dotMatchesNewline: false, multiline: false };

export function isWordCharacter(character: string): boolean {
  return /^\w$/.test(character);
}
