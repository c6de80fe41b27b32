// In a finished image: how long its program takes until it is ready. The least of some starts, for a machine that does other things, too.
import { PROGRAMS } from "./programs.ts";
import { startProgram } from "./start-program.ts";

const STARTS = 5;
const name = process.argv[2] ?? "";
const program = PROGRAMS[name];
if (program === undefined) throw new Error(`no program "${name}": there are ${Object.keys(PROGRAMS).join(", ")}`);
const times: number[] = [];
for (let start = 0; start < STARTS; start += 1) times.push(await startProgram(program));
console.log(Math.min(...times));
