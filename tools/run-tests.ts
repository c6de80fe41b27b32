// `npm test`: everything that needs no cluster. Arguments go to vitest.
import { runVitest, tell } from "./run-vitest.ts";

process.exitCode = tell([runVitest(process.argv.slice(2))]);
