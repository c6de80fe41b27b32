/**
 * Work that follows from a write but is not part of it: done soon, in a turn of its own, once for any number of reasons.
 * As in a real cluster, clients see the write before they see what controllers make of it.
 */
export class DeferredWork {
  readonly #due = new Map<string, () => void>();
  #scheduled: NodeJS.Immediate | undefined;
  #stopped = false;

  /** Instead of work of that name that is still due. */
  add(name: string, run: () => void): void {
    if (this.#stopped) return;
    this.#due.set(name, run);
    this.#scheduled ??= setImmediate(() => this.#runAll());
  }

  stop(): void {
    this.#stopped = true;
    this.#due.clear();
    clearImmediate(this.#scheduled);
  }

  #runAll(): void {
    this.#scheduled = undefined;
    const all = [...this.#due.values()];
    this.#due.clear();
    for (const run of all) run();
  }
}
