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

/** What came of tests. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs vitest; a run that fails in any way has failed at least once. */
export function runVitest(args: readonly string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), "outrigger-tests-"));
  try {
    const reportFile = join(folder, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
    const { status } = spawnSync("vitest", ["run", ...reporters, ...args], { stdio: "inherit" });
    return countOf(readReport(reportFile), status === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends with one plain line, `N passed, N failed`, which CI reads. Answers the exit code. */
export function tell(counts: readonly Count[]): number {
  const sum = (of: keyof Count): number => counts.reduce((total, count) => total + count[of], 0);
  if (sum("skipped") > 0) console.log(`${sum("skipped")} skipped (each says why)`);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  return sum("failed") === 0 ? 0 : 1;
}

// A file that cannot even be loaded has no tests to count as failed, yet it is a failure.
function countOf(report: Report | undefined, ended: boolean): Count {
  const success = ended && report?.success === true;
  return {
    passed: report?.numPassedTests ?? 0,
    failed: Math.max(report?.numFailedTests ?? 0, success ? 0 : 1),
    skipped: report?.numPendingTests ?? 0,
  };
}

function readReport(reportFile: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(reportFile, "utf8")) as Report;
  } catch {
    return undefined; // vitest did not get as far as writing one
  }
}
