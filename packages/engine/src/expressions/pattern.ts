import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { parsePattern } from "./pattern/parser.ts";
import { Program } from "./pattern/program.ts";
import { PatternError, isWordCharacter } from "./pattern/syntax.ts";
import type { Assertion } from "./pattern/syntax.ts";

/**
 * Whether a regular expression (RE2's syntax, as Argo takes it) matches somewhere in a text. Takes time in proportion to the text
 * and never backtracks: patterns come from users, and `(a+)+$` in one workflow must not stop all others.
 */
export function matchesPattern(text: string, pattern: string): Outcome<boolean> {
  try {
    return succeeded(search(text, new Program(parsePattern(pattern))));
  } catch (error) {
    if (error instanceof PatternError) {
      return failed(`'${pattern}' is not a regular expression: ${error.message}`);
    }
    throw error;
  }
}

// Follows all states that the text so far may have led to, side by side.
function search(text: string, program: Program): boolean {
  const characters = Array.from(text);
  let active = new Set<number>();
  for (let position = 0; position <= characters.length; position += 1) {
    if (enter(program, program.start, active, { characters, position })) return true;
    const character = characters[position];
    if (character === undefined) return false;
    const following = new Set<number>();
    const after = { characters, position: position + 1 };
    for (const index of active) {
      const state = program.states[index];
      if (state?.kind !== "character" || !state.test(character)) continue;
      if (enter(program, state.next, following, after)) return true;
    }
    active = following;
  }
  return false;
}

interface Place {
  readonly characters: readonly string[];
  readonly position: number;
}

// Adds a state and all that it leads to without a character; true if the pattern is through.
function enter(program: Program, start: number, active: Set<number>, place: Place): boolean {
  const pending = [start];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (active.has(index)) continue;
    active.add(index);
    const state = program.states[index];
    if (state?.kind === "accept") return true;
    if (state?.kind === "split") pending.push(...state.targets);
    if (state?.kind === "assertion" && ASSERTIONS[state.assertion](place)) pending.push(state.next);
  }
  return false;
}

const ASSERTIONS: Readonly<Record<Assertion, (place: Place) => boolean>> = {
  textStart: ({ position }) => position === 0,
  textEnd: ({ characters, position }) => position === characters.length,
  lineStart: ({ characters, position }) => position === 0 || characters[position - 1] === "\n",
  lineEnd: ({ characters, position }) => position === characters.length || characters[position] === "\n",
  wordBoundary: atWordBoundary,
  noWordBoundary: (place) => !atWordBoundary(place),
};

function atWordBoundary({ characters, position }: Place): boolean {
  return isWordCharacter(characters[position - 1] ?? "") !== isWordCharacter(characters[position] ?? "");
}
