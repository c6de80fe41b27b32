import { literal, not, range, readEscape, readPosixClass } from "./classes.ts";
import type { Escape } from "./classes.ts";
import { NO_FLAGS, PatternError } from "./syntax.ts";
import type { Assertion, CharacterTest, Flags, Pattern } from "./syntax.ts";

const MAX_DEPTH = 100;
// RE2's own limit, which keeps `(a{1000}){1000}` from growing without bounds.
const MAX_REPEAT = 1_000;
const QUANTIFIERS: Readonly<Record<string, { min: number; max: number | undefined }>> = {
  "*": { min: 0, max: undefined },
  "+": { min: 1, max: undefined },
  "?": { min: 0, max: 1 },
};
const ESCAPED_ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: "textStart",
  z: "textEnd",
  b: "wordBoundary",
  B: "noWordBoundary",
};

export interface ParsedPattern {
  readonly pattern: Pattern;
  /** The names of its groups by number; "" for those without. The first stands for the whole. */
  readonly groups: readonly string[];
}

export function parsePattern(text: string): ParsedPattern {
  const parser = new PatternParser(text);
  const pattern = parser.either(NO_FLAGS, 0);
  parser.expectEnd();
  return { pattern, groups: parser.groups };
}

class PatternParser {
  readonly groups: string[] = [""];
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  either(flags: Flags, depth: number): Pattern {
    if (depth > MAX_DEPTH) throw new PatternError(`groups are nested more than ${MAX_DEPTH} deep`);
    const options: Pattern[] = [];
    let current = flags;
    do {
      const { pattern, after } = this.#sequence(current, depth);
      options.push(pattern);
      current = after;
    } while (this.#take("|"));
    return { kind: "either", options };
  }

  expectEnd(): void {
    if (this.#position < this.#text.length) throw new PatternError("a closing parenthesis has no partner");
  }

  #sequence(flags: Flags, depth: number): { pattern: Pattern; after: Flags } {
    const items: Pattern[] = [];
    let current = flags;
    for (let next = this.#peek(); next !== "" && next !== "|" && next !== ")"; next = this.#peek()) {
      const changed = this.#flagsOnly(current);
      if (changed === undefined) items.push(this.#repeated(this.#item(current, depth)));
      else current = changed;
    }
    return { pattern: { kind: "sequence", items }, after: current };
  }

  #item(flags: Flags, depth: number): Pattern {
    const character = this.#next();
    if (character === "(") return this.#group(flags, depth);
    if (character === "[") return { kind: "character", test: this.#class(flags) };
    if (character === "\\") return this.#escaped(flags);
    if (Object.hasOwn(QUANTIFIERS, character)) throw new PatternError(`nothing stands before ${character}`);
    return plain(character, flags);
  }

  #escaped(flags: Flags): Pattern {
    const assertion = ESCAPED_ASSERTIONS[this.#peek()];
    if (assertion !== undefined) {
      this.#position += 1;
      return { kind: "assertion", assertion };
    }
    return { kind: "character", test: this.#escape(flags).test };
  }

  #escape(flags: Flags): Escape {
    const escape = readEscape(this.#rest(), flags);
    this.#position += escape.length;
    return escape;
  }

  #group(flags: Flags, depth: number): Pattern {
    const plainly = this.#match(/\?([ims]*)(?:-([ims]+))?:/y);
    if (plainly !== undefined) return this.#closed(withFlags(flags, plainly[1], plainly[2]), depth);
    const named = this.#match(/\?P?<(\w+)>/y);
    if (named === undefined && this.#peek() === "?")
      throw new PatternError(`(${this.#text.slice(this.#position, this.#position + 3)} is not supported`);
    const number = this.groups.push(named?.[1] ?? "") - 1;
    return { kind: "group", item: this.#closed(flags, depth), number };
  }

  #closed(flags: Flags, depth: number): Pattern {
    const item = this.either(flags, depth + 1);
    if (!this.#take(")")) throw new PatternError("a parenthesis is never closed");
    return item;
  }

  #flagsOnly(flags: Flags): Flags | undefined {
    const match = this.#match(/\(\?([ims]*)(?:-([ims]+))?\)/y);
    return match === undefined ? undefined : withFlags(flags, match[1], match[2]);
  }

  #class(flags: Flags): CharacterTest {
    const negated = this.#take("^");
    const tests: CharacterTest[] = [];
    // A closing bracket that comes first is an ordinary character.
    do tests.push(this.#classItem(flags));
    while (!this.#take("]"));
    const any: CharacterTest = (character) => tests.some((test) => test(character));
    return negated ? not(any) : any;
  }

  #classItem(flags: Flags): CharacterTest {
    const posix = readPosixClass(this.#rest());
    if (posix !== undefined) {
      this.#position += posix.length;
      return posix.test;
    }
    const from = this.#classCharacter(flags);
    const dash = this.#match(/-(?!\])/y);
    if (dash === undefined || from.character === undefined)
      return dash === undefined ? from.test : this.#withDash(from);
    const to = this.#classCharacter(flags);
    if (to.character === undefined) throw new PatternError("a range cannot end with a class");
    return range(from.character, to.character, flags);
  }

  // `[\d-x]`: the dash behind a class is an ordinary one.
  #withDash(from: Escape): CharacterTest {
    return (character) => character === "-" || from.test(character);
  }

  #classCharacter(flags: Flags): Escape {
    const character = this.#next();
    if (character === "") throw new PatternError("[ is never closed");
    if (character === "\\") return this.#escape(flags);
    return { test: literal(character, flags), character, length: character.length };
  }

  #repeated(item: Pattern): Pattern {
    let repeated = item;
    for (let count = this.#quantifier(); count !== undefined; count = this.#quantifier()) {
      repeated = { kind: "repeat", item: repeated, ...count, lazy: this.#take("?") };
    }
    return repeated;
  }

  #quantifier(): { min: number; max: number | undefined } | undefined {
    const simple = QUANTIFIERS[this.#peek()];
    if (simple !== undefined) {
      this.#position += 1;
      return simple;
    }
    const counted = this.#match(/\{(\d+)(,(\d*))?\}/y);
    if (counted === undefined) return undefined;
    const min = Number(counted[1]);
    const max = counted[2] === undefined ? min : boundOf(counted[3]);
    if (Math.max(min, max ?? 0) > MAX_REPEAT)
      throw new PatternError(`${counted[0]} repeats more than ${MAX_REPEAT} times`);
    if (max !== undefined && max < min) throw new PatternError(`${counted[0]} is backwards`);
    return { min, max };
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#position);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  #next(): string {
    const character = this.#peek();
    this.#position += character.length;
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#position += 1;
    return true;
  }

  #rest(): string {
    return this.#text.slice(this.#position, this.#position + 16);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#position += match[0].length;
    return match;
  }
}

function plain(character: string, flags: Flags): Pattern {
  switch (character) {
    case ".":
      return { kind: "character", test: flags.dotMatchesNewline ? () => true : (candidate) => candidate !== "\n" };
    case "^":
      return { kind: "assertion", assertion: flags.multiline ? "lineStart" : "textStart" };
    case "$":
      return { kind: "assertion", assertion: flags.multiline ? "lineEnd" : "textEnd" };
    default:
      return { kind: "character", test: literal(character, flags) };
  }
}

function boundOf(text: string | undefined): number | undefined {
  return text === undefined || text === "" ? undefined : Number(text);
}

function withFlags(flags: Flags, on = "", off = ""): Flags {
  const flag = (letter: string, before: boolean): boolean => (before || on.includes(letter)) && !off.includes(letter);
  return {
    ignoreCase: flag("i", flags.ignoreCase),
    dotMatchesNewline: flag("s", flags.dotMatchesNewline),
    multiline: flag("m", flags.multiline),
  };
}
