import type { Findings } from "./cluster/bench.ts";
import type { Measurement } from "./measure.ts";

export function print(name: string, result: Measurement): void {
  const { runs, medianMs, p99Ms, bestMs, perStepMs, writeMs, apiWritesPerStep, bytesPerStep, writes, peakMemoryBytes } =
    result;
  const rest = result.restMemoryBytes === undefined ? "" : `; while they wait: ${inMegabytes(result.restMemoryBytes)}`;
  const counts = Object.entries(writes).map(([client, kinds]) => {
    const list = Object.entries(kinds).map(([kind, { count }]) => `${kind} ${Math.round((count / runs) * 10) / 10}`);
    return `  ${client}: ${list.join(", ")}\n`;
  });
  const bytes = bytesPerStep === 0 ? "" : ` and ${bytesPerStep} bytes`;
  const peak = inMegabytes(peakMemoryBytes);
  process.stdout.write(
    `${name}: median ${medianMs} ms, p99 ${p99Ms} ms, best ${bestMs} ms of ${runs}; ${perStepMs} ms a step ` +
      `(a write: ${writeMs} ms), ${apiWritesPerStep} API writes${bytes} a step\n` +
      `${peak === "" ? "" : `  peak memory: ${peak}${rest}\n`}${counts.join("")}`,
  );
}

function inMegabytes(bytesByProcess: Readonly<Record<string, number>>): string {
  return Object.entries(bytesByProcess)
    .map(([name, bytes]) => `${name} ${Math.round(bytes / 1e6)} MB`)
    .join(", ");
}

export function printFindings(findings: Findings): void {
  for (const [name, found] of Object.entries(findings)) {
    const list = Object.entries(found).map(([what, value]) => `${what} ${value}`);
    process.stdout.write(`${name}: ${list.join(", ")}\n`);
  }
}
