// The one file of this package that touches the process: `serve` is the composition root of a plugin.
import type { Environment } from "./options.ts";

export const processEnvironment: Environment = process.env;

/** Calls `stop` at SIGTERM or SIGINT, then ends the process. A second signal ends it at once. */
export function stopOnSignals(stop: (signal: string) => Promise<void>): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void stop(signal).finally(() => process.exit(0)));
  }
}
