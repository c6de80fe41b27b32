// At build time, in the image and as its user: starts the program once, so that Node writes down what it has compiled.
import { PROGRAMS } from "./programs.ts";
import { startProgram } from "./start-program.ts";

const CACHE = "/tmp/cache";
const name = process.argv[2] ?? "";
const program = PROGRAMS[name];
if (program === undefined) throw new Error(`no program "${name}": there are ${Object.keys(PROGRAMS).join(", ")}`);
await startProgram(program, { NODE_COMPILE_CACHE: CACHE });
