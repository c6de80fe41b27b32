import type { Informer } from "@outrigger/kube";

/** Resolves once it is so; looks at each change. */
export function until(informer: Informer, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!isSo()) return;
      stop();
      resolve();
    };
    const stop = informer.onChange(check);
    check();
  });
}
