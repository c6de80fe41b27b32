import { PatternError } from "./syntax.ts";
import type { Assertion, CharacterTest, Pattern } from "./syntax.ts";

/** One state of the machine that a pattern becomes. */
export type State =
  | { readonly kind: "character"; readonly test: CharacterTest; readonly next: number }
  | { readonly kind: "assertion"; readonly assertion: Assertion; readonly next: number }
  /** The first target that leads to a match wins. */
  | { readonly kind: "split"; readonly targets: number[] }
  /** Remembers the position in a slot: 2n is where group n begins, 2n + 1 where it ends. */
  | { readonly kind: "save"; readonly slot: number; readonly next: number }
  | { readonly kind: "accept" };

const MAX_STATES = 5_000;

/** Builds back to front: each piece knows the state that follows it. State 0 accepts. */
export class Program {
  readonly states: State[] = [{ kind: "accept" }];
  readonly start: number;

  constructor(pattern: Pattern) {
    this.start = this.#build(pattern, 0);
  }

  #build(pattern: Pattern, next: number): number {
    switch (pattern.kind) {
      case "character":
        return this.#add({ kind: "character", test: pattern.test, next });
      case "assertion":
        return this.#add({ kind: "assertion", assertion: pattern.assertion, next });
      case "sequence":
        return pattern.items.reduceRight((following, item) => this.#build(item, following), next);
      case "either":
        return this.#add({ kind: "split", targets: pattern.options.map((option) => this.#build(option, next)) });
      case "group": {
        const end = this.#add({ kind: "save", slot: 2 * pattern.number + 1, next });
        return this.#add({ kind: "save", slot: 2 * pattern.number, next: this.#build(pattern.item, end) });
      }
      default:
        return this.#repeat(pattern, next);
    }
  }

  #repeat({ item, min, max, lazy }: Extract<Pattern, { kind: "repeat" }>, next: number): number {
    let start = max === undefined ? this.#loop({ item, lazy }, next) : next;
    for (let optional = min; optional < (max ?? min); optional += 1) {
      start = this.#add({ kind: "split", targets: ordered(this.#build(item, start), next, lazy) });
    }
    for (let required = 0; required < min; required += 1) start = this.#build(item, start);
    return start;
  }

  #loop({ item, lazy }: { readonly item: Pattern; readonly lazy: boolean }, next: number): number {
    const targets: number[] = [];
    const loop = this.#add({ kind: "split", targets });
    targets.push(...ordered(this.#build(item, loop), next, lazy));
    return loop;
  }

  #add(state: State): number {
    if (this.states.length >= MAX_STATES) throw new PatternError("it is too large");
    return this.states.push(state) - 1;
  }
}

function ordered(again: number, next: number, lazy: boolean): number[] {
  return lazy ? [next, again] : [again, next];
}
