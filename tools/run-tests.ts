// `npm test`: runs vitest and ends with one plain line, `N passed, N failed`, which CI reads. Arguments go to vitest.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

const folder = mkdtempSync(join(tmpdir(), "outrigger-tests-"));
const reportFile = join(folder, "report.json");
const vitest = spawnSync(
  "vitest",
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`, ...process.argv.slice(2)],
  { stdio: "inherit" },
);

function readReport(): Report | undefined {
  try {
    return JSON.parse(readFileSync(reportFile, "utf8")) as Report;
  } catch {
    return undefined; // vitest did not get as far as writing one
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const report = readReport();
// A file that cannot even be loaded has no tests to count as failed, yet it is a failure.
const failed = Math.max(report?.numFailedTests ?? 0, report?.success === true ? 0 : 1);
if (report !== undefined && report.numPendingTests > 0)
  console.log(`${report.numPendingTests} skipped (each says why)`);
console.log(`${report?.numPassedTests ?? 0} passed, ${failed} failed`);
process.exitCode = vitest.status === 0 && failed === 0 ? 0 : 1;
