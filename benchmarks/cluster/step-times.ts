import type { Target } from "../target.ts";
import { median } from "../quantile.ts";
import { callTimes } from "./phases.ts";

/** How long chains take from one call of the plugin to the next: their starts and ends are not in it. Nobody watches meanwhile. */
export class StepTimes {
  readonly #spansMs = new Map<string, number>();
  readonly #stop: () => void;

  constructor({ ended }: Target) {
    this.#stop = ended.onChange(({ object }) => {
      const calls = callTimes(object);
      if (calls.length < 2) return;
      this.#spansMs.set(object.metadata.uid ?? "", (Math.max(...calls) - Math.min(...calls)) / (calls.length - 1));
    });
  }

  /** The median of those that have ended. */
  takeMs(): number {
    this.#stop();
    return Math.round(median([...this.#spansMs.values()]) * 10) / 10;
  }
}
