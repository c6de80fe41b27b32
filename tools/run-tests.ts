// `npm test`: everything that needs no cluster. Arguments go to vitest.
import { runVitest } from "./run-vitest.ts";

process.exitCode = runVitest(process.argv.slice(2));
