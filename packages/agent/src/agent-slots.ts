import { CallSlots } from "./call-slots.ts";

/** The calls that one plugin gets at a time. */
export interface PluginSlots {
  readonly calls: CallSlots;
  /** To cancel must not wait behind the work that it is to end. */
  readonly cancels: CallSlots;
}

/** The slots for calls of one process, whoever makes them: so many for each plugin, and as many for requests of `http` templates. */
export class AgentSlots {
  readonly http: CallSlots;
  readonly #limit: number;
  readonly #plugins = new Map<string, PluginSlots>();

  constructor(limit: number) {
    this.#limit = limit;
    this.http = new CallSlots(limit);
  }

  of(plugin: string): PluginSlots {
    const known = this.#plugins.get(plugin);
    const slots = known ?? { calls: new CallSlots(this.#limit), cancels: new CallSlots(this.#limit) };
    if (known === undefined) this.#plugins.set(plugin, slots);
    return slots;
  }
}
