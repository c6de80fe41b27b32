/** Lets one waiter know that there may be something to do; a call while nobody waits is remembered. */
export class Wake {
  #called = false;
  #resolve: (() => void) | undefined;

  readonly call = (): void => {
    this.#called = true;
    this.#resolve?.();
  };

  async wait(): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#called = false;
    this.#resolve = undefined;
  }
}
