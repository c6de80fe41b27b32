import { ExpressionError } from "./error.ts";
import { truncateToInt } from "./go/int.ts";
import { kindOf } from "./kind.ts";
import { isList, isMap, isNumber } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";

/** The arguments of one call, read as what the function needs. */
export class Arguments {
  readonly #name: string;
  readonly values: readonly Value[];

  constructor(name: string, values: readonly Value[]) {
    this.#name = name;
    this.values = values;
  }

  get length(): number {
    return this.values.length;
  }

  /** How many there may be. */
  expect(min: number, max = min): void {
    if (this.length >= min && this.length <= max) return;
    const wanted = min === max ? `${min}` : `${min} to ${max}`;
    throw new ExpressionError(`${this.#name} takes ${wanted} arguments, not ${this.length}`);
  }

  at(index: number): Value {
    const value = this.values[index];
    if (value === undefined) throw new ExpressionError(`${this.#name} needs ${index + 1} arguments`);
    return value;
  }

  text(index: number): string {
    const value = this.at(index);
    return typeof value === "string" ? value : this.#refuse(index, "a string");
  }

  textOr(index: number, otherwise: string): string {
    return index < this.length ? this.text(index) : otherwise;
  }

  number(index: number): bigint | number {
    const value = this.at(index);
    return isNumber(value) ? value : this.#refuse(index, "a number");
  }

  /** An int, or a float without its fraction. */
  whole(index: number): number {
    const value = this.number(index);
    return Number(typeof value === "bigint" ? value : truncateToInt(value));
  }

  int(index: number): bigint {
    const value = this.at(index);
    return typeof value === "bigint" ? value : this.#refuse(index, "an int");
  }

  list(index: number): readonly Value[] {
    const value = this.at(index);
    return isList(value) ? value : this.#refuse(index, "a list");
  }

  map(index: number): ValueMap {
    const value = this.at(index);
    return isMap(value) ? value : this.#refuse(index, "a map");
  }

  /** An object of one of our classes, such as a time. */
  instance<T extends Value & object>(
    index: number,
    constructor: abstract new (...args: never[]) => T,
    noun: string,
  ): T {
    const value = this.at(index);
    return value instanceof constructor ? value : this.#refuse(index, noun);
  }

  #refuse(index: number, wanted: string): never {
    throw new ExpressionError(`argument ${index + 1} of ${this.#name} is ${wanted}, not ${kindOf(this.at(index))}`);
  }
}
