// `npm run bench [-- --json] [-- --cpu-prof=FOLDER] [-- NAME…]`: see docs/performance.md
import { parseArgs } from "node:util";
import { measure } from "./measure.ts";
import type { Measurement } from "./measure.ts";
import { BenchSystem } from "./system.ts";
import { WORKLOADS, chain } from "./workloads.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, "cpu-prof": { type: "string" } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(WORKLOADS, name));
if (unknown.length > 0) {
  process.stderr.write(`no workload ${unknown.join(", ")}: there are ${Object.keys(WORKLOADS).join(", ")}\n`);
  process.exit(1);
}
const profileFolder = values["cpu-prof"];
const results: Record<string, Measurement> = {};
{
  await using system = await BenchSystem.start(profileFolder === undefined ? {} : { profileFolder });
  await measure(system, chain(5, 10)); // code that has not run yet is slow
  for (const [name, workload] of Object.entries(WORKLOADS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    results[name] = await measure(system, workload);
    if (values.json !== true) print(name, results[name]);
  }
}
if (values.json === true) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
process.exit(0);

function print(name: string, result: Measurement): void {
  const { runs, medianMs, p99Ms, bestMs, perStepMs, writeMs, apiWritesPerStep, bytesPerStep, writes, peakMemoryBytes } =
    result;
  const rest = result.restMemoryBytes === undefined ? "" : `; while they wait: ${inMegabytes(result.restMemoryBytes)}`;
  const counts = Object.entries(writes).map(([client, kinds]) => {
    const list = Object.entries(kinds).map(([kind, { count }]) => `${kind} ${Math.round((count / runs) * 10) / 10}`);
    return `  ${client}: ${list.join(", ")}\n`;
  });
  process.stdout.write(
    `${name}: median ${medianMs} ms, p99 ${p99Ms} ms, best ${bestMs} ms of ${runs}; ${perStepMs} ms a step ` +
      `(a write: ${writeMs} ms), ` +
      `${apiWritesPerStep} API writes and ${bytesPerStep} bytes a step\n` +
      `  peak memory: ${inMegabytes(peakMemoryBytes)}${rest}\n${counts.join("")}`,
  );
}

function inMegabytes(bytesByProcess: Readonly<Record<string, number>>): string {
  return Object.entries(bytesByProcess)
    .map(([name, bytes]) => `${name} ${Math.round(bytes / 1e6)} MB`)
    .join(", ");
}
