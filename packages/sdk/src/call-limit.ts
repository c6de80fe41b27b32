import { textResponse } from "./response.ts";
import type { PluginResponse } from "./response.ts";

// The least that HTTP can say. Agents try again after it, and a few times more, waiting longer each time.
const RETRY_AFTER_SECONDS = 1;

/** How many calls of `execute` and `poll` a server takes at the same time. To cancel is not counted: it ends work. */
export class CallLimit {
  readonly #max: number;
  #underWay = 0;

  constructor(max: number) {
    if (!(max >= 1)) throw new TypeError(`maxConcurrentCalls must be 1 or more, not ${max}`);
    this.#max = max;
  }

  /** Runs `work`; answers undefined if there are too many already. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#underWay >= this.#max) return undefined;
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  /** The status that agents try again after; any other, 429 too, would fail the step. */
  get refusal(): PluginResponse {
    return textResponse(503, `the plugin is at its limit of ${this.#max} calls at a time (maxConcurrentCalls)`, {
      "Retry-After": String(RETRY_AFTER_SECONDS),
    });
  }
}
