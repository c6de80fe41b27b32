import { ExpressionError } from "../error.ts";
import { parsePattern } from "./parser.ts";
import { Program } from "./program.ts";
import type { State } from "./program.ts";
import { PatternError, isWordCharacter } from "./syntax.ts";
import type { Assertion } from "./syntax.ts";

// States entered: a second or so. Time is bounded by the pattern's size times the text's; together they could still be too much.
const MAX_WORK = 10_000_000;

/** A regular expression that is ready to use, and the names of its groups. */
export interface Matcher {
  readonly program: Program;
  readonly groups: readonly string[];
}

/** Where a match and its groups begin and end, in characters: `[begin, end, begin of group 1, …]`; undefined for a group left out. */
export type Found = readonly (number | undefined)[];

/**
 * Takes RE2's syntax, as Go does. Never backtracks: patterns come from users, and `(a+)+$` in one workflow must not stop all others.
 */
export function compilePattern(source: string): Matcher {
  try {
    const { pattern, groups } = parsePattern(source);
    return { program: new Program(pattern), groups };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new ExpressionError(`'${source}' is not a regular expression: ${error.message}`);
  }
}

/** Whether a pattern matches somewhere in a text. */
export function matchesPattern(text: string, source: string): boolean {
  const { program } = compilePattern(source);
  return new Search(program, Array.from(text), 0).run(0) !== undefined;
}

type Slots = readonly (number | undefined)[];

interface Thread {
  readonly state: State;
  readonly slots: Slots;
}

/** Follows all states that the text so far may have led to, side by side; those that come first are preferred. */
class Search {
  readonly #program: Program;
  readonly #characters: readonly string[];
  readonly #slots: number;
  #work = 0;

  constructor(program: Program, characters: readonly string[], slots: number) {
    this.#program = program;
    this.#characters = characters;
    this.#slots = slots;
  }

  run(from: number): Found | undefined {
    let threads: readonly Thread[] = [];
    let found: Slots | undefined;
    for (let position = from; position <= this.#characters.length; position += 1) {
      const entered = new Set<number>();
      const active: Thread[] = [];
      for (const thread of this.#advance(threads, position)) this.#enter(thread, { position, entered, active });
      if (found === undefined) this.#enter(this.#begin(position), { position, entered, active });
      const accepted = active.findIndex(({ state }) => state.kind === "accept");
      if (accepted >= 0) {
        found = active[accepted]?.slots.with(1, position) ?? found;
        if (this.#slots === 0) return found;
        active.length = accepted;
      }
      if (found !== undefined && active.length === 0) return found;
      threads = active;
    }
    return found;
  }

  #begin(position: number): Entry {
    const slots = Array.from<number | undefined>({ length: Math.max(this.#slots, 2) });
    return { index: this.#program.start, slots: slots.with(0, position) };
  }

  // What the threads lead to by the character before this position.
  #advance(threads: readonly Thread[], position: number): readonly Entry[] {
    const character = this.#characters[position - 1];
    if (character === undefined) return [];
    return threads.flatMap(({ state, slots }) =>
      state.kind === "character" && state.test(character) ? [{ index: state.next, slots }] : [],
    );
  }

  // Adds a state and all that it leads to without a character, in the order of preference.
  #enter(entry: Entry, { position, entered, active }: Arrival): void {
    const pending = [entry];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { index, slots } = next;
      if (entered.has(index)) continue;
      entered.add(index);
      this.#work += 1;
      if (this.#work > MAX_WORK) throw new ExpressionError("a regular expression takes too long on this text");
      const state = this.#program.states[index];
      if (state !== undefined) pending.push(...this.#follow({ state, slots }, position, active));
    }
  }

  // Last comes what is preferred: it is taken from the end.
  #follow(thread: Thread, position: number, active: Thread[]): readonly Entry[] {
    const { state, slots } = thread;
    switch (state.kind) {
      case "split":
        return state.targets.toReversed().map((index) => ({ index, slots }));
      case "save":
        return [{ index: state.next, slots: this.#slots === 0 ? slots : slots.with(state.slot, position) }];
      case "assertion":
        return ASSERTIONS[state.assertion]({ characters: this.#characters, position })
          ? [{ index: state.next, slots }]
          : [];
      default:
        active.push(thread);
        return [];
    }
  }
}

interface Entry {
  readonly index: number;
  readonly slots: Slots;
}

interface Arrival {
  readonly position: number;
  readonly entered: Set<number>;
  readonly active: Thread[];
}

interface Place {
  readonly characters: readonly string[];
  readonly position: number;
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

/** All matches, from left to right. */
export function* findMatches(characters: readonly string[], source: string): Generator<Found> {
  const { program, groups } = compilePattern(source);
  let lastEnd = -1;
  for (let from = 0; from <= characters.length;) {
    const match = new Search(program, characters, 2 * groups.length).run(from);
    const [begin, end] = match ?? [];
    if (match === undefined || begin === undefined || end === undefined) return;
    // As in Go: no empty match right after another match.
    if (end > begin || begin !== lastEnd) yield match;
    lastEnd = end;
    from = end > begin ? end : end + 1;
  }
}
