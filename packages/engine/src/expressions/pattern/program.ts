import { PatternError } from "./syntax.ts";
import type { Assertion, CharacterTest, Pattern } from "./syntax.ts";

/** One state of the machine that a pattern becomes. */
export type State =
  | { readonly kind: "character"; readonly test: CharacterTest; readonly next: number }
  | { readonly kind: "assertion"; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: "split"; readonly targets: number[] }
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
      default:
        return this.#repeat(pattern, next);
    }
  }

  #repeat({ item, min, max }: Extract<Pattern, { kind: "repeat" }>, next: number): number {
    let start = max === undefined ? this.#loop(item, next) : next;
    for (let optional = min; optional < (max ?? min); optional += 1) {
      start = this.#add({ kind: "split", targets: [this.#build(item, start), next] });
    }
    for (let required = 0; required < min; required += 1) start = this.#build(item, start);
    return start;
  }

  #loop(item: Pattern, next: number): number {
    const targets = [next];
    const loop = this.#add({ kind: "split", targets });
    targets.push(this.#build(item, loop));
    return loop;
  }

  #add(state: State): number {
    if (this.states.length >= MAX_STATES) throw new PatternError("it is too large");
    return this.states.push(state) - 1;
  }
}
