import { PatternError, isWordCharacter } from "./syntax.ts";
import type { CharacterTest, Flags } from "./syntax.ts";

const isDigit: CharacterTest = (character) => character >= "0" && character <= "9";
const isSpace: CharacterTest = (character) => "\t\n\f\r ".includes(character);

const SHORTHANDS: Readonly<Record<string, CharacterTest>> = {
  d: isDigit,
  D: not(isDigit),
  s: isSpace,
  S: not(isSpace),
  w: isWordCharacter,
  W: not(isWordCharacter),
};

const POSIX: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    alnum: /^[0-9A-Za-z]$/,
    alpha: /^[A-Za-z]$/,
    blank: /^[\t ]$/,
    digit: /^[0-9]$/,
    lower: /^[a-z]$/,
    punct: /^[!-/:-@[-`{-~]$/,
    space: /^[\t\n\v\f\r ]$/,
    upper: /^[A-Z]$/,
    word: /^\w$/,
    xdigit: /^[0-9A-Fa-f]$/,
  }),
);

const CONTROLS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", a: "\x07" };

/** What a backslash and what follows it stand for, and how many characters of the pattern that takes. */
export interface Escape {
  readonly test: CharacterTest;
  /** Set where it stands for one character, which may begin or end a range. */
  readonly character?: string;
  readonly length: number;
}

/** `rest` begins after the backslash. */
export function readEscape(rest: string, flags: Flags): Escape {
  const [letter = ""] = rest;
  const shorthand = SHORTHANDS[letter];
  if (shorthand !== undefined) return { test: shorthand, length: 1 };
  const hex = /^x(?:\{([\da-fA-F]{1,6})\}|([\da-fA-F]{2}))/.exec(rest);
  if (hex !== null) return single(fromCode(Number.parseInt(hex[1] ?? hex[2] ?? "", 16)), hex[0].length, flags);
  const control = CONTROLS[letter];
  if (control !== undefined) return single(control, 1, flags);
  if (letter === "" || /[\dA-Za-z]/.test(letter)) throw new PatternError(`\\${letter} is not supported`);
  return single(letter, letter.length, flags);
}

export function literal(character: string, flags: Flags): CharacterTest {
  if (!flags.ignoreCase) return (candidate) => candidate === character;
  const lower = character.toLowerCase();
  return (candidate) => candidate.toLowerCase() === lower;
}

export function range(from: string, to: string, flags: Flags): CharacterTest {
  const [first, last] = [codeOf(from), codeOf(to)];
  if (first > last) throw new PatternError(`the range ${from}-${to} is backwards`);
  const within: CharacterTest = (character) => codeOf(character) >= first && codeOf(character) <= last;
  if (!flags.ignoreCase) return within;
  return (character) => within(character.toLowerCase()) || within(character.toUpperCase());
}

/** `[:alpha:]` inside a class; `rest` begins with `[:`. */
export function readPosixClass(rest: string): Escape | undefined {
  const match = /^\[:(\^?)([a-z]+):\]/.exec(rest);
  if (match === null) return undefined;
  const named = POSIX.get(match[2] ?? "");
  if (named === undefined) throw new PatternError(`${match[0]} is not a known class`);
  const test: CharacterTest = (character) => named.test(character);
  return { test: match[1] === "^" ? not(test) : test, length: match[0].length };
}

export function not(test: CharacterTest): CharacterTest {
  return (character) => !test(character);
}

function single(character: string, length: number, flags: Flags): Escape {
  return { test: literal(character, flags), character, length };
}

function fromCode(code: number): string {
  if (code > 0x10ffff) throw new PatternError(`\\x{${code.toString(16)}} is beyond Unicode`);
  return String.fromCodePoint(code);
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
