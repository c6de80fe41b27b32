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

/** Runs vitest and ends with one plain line, `N passed, N failed`, which CI reads. Answers the exit code. */
export function runVitest(args: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), "outrigger-tests-"));
  try {
    const reportFile = join(folder, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
    const { status } = spawnSync("vitest", ["run", ...reporters, ...args], { stdio: "inherit" });
    const failed = tell(readReport(reportFile));
    return status === 0 && failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tell(report: Report | undefined): number {
  // A file that cannot even be loaded has no tests to count as failed, yet it is a failure.
  const failed = Math.max(report?.numFailedTests ?? 0, report?.success === true ? 0 : 1);
  if (report !== undefined && report.numPendingTests > 0)
    console.log(`${report.numPendingTests} skipped (each says why)`);
  console.log(`${report?.numPassedTests ?? 0} passed, ${failed} failed`);
  return failed;
}

function readReport(reportFile: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(reportFile, "utf8")) as Report;
  } catch {
    return undefined; // vitest did not get as far as writing one
  }
}
