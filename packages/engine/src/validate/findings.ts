import { childPath } from "@outrigger/types";
import type { Issue } from "@outrigger/types";

/** Gathers what is wrong with a Workflow. Each message stands by itself; the path leads tools to the place. */
export class Findings {
  readonly #byMessage = new Map<string, Issue>();

  get issues(): readonly Issue[] {
    return [...this.#byMessage.values()];
  }

  /** A message that says itself where the trouble is. */
  report(path: string, message: string): void {
    if (!this.#byMessage.has(message)) this.#byMessage.set(message, { path, message });
  }

  /** What is wrong with a field: its path becomes part of the message. */
  reportField(path: string, message: string): void {
    this.report(path, `${path} ${message}`);
  }
}

/** A template, and where it stands. */
export interface Place {
  /** `spec.templates[0]` */
  readonly path: string;
  /** As people know it: `templates.main`. */
  readonly label: string;
}

export function inPlace(place: Place, field: string): string {
  return childPath(place.path, field);
}
