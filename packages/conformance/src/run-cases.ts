import { failed, skipped } from "./case.ts";
import type { CaseResult, ConformanceCase, Step, Verdict } from "./case.ts";

/** What a case has to do with what is tested; a new one for each case. */
export interface Recording {
  readonly steps: readonly Step[];
  /** Ends what the case has started. */
  end?(): Promise<void>;
}

export interface RunOptions<Probe> {
  readonly probe: (forCase: ConformanceCase<Probe>) => Probe;
  readonly signal?: AbortSignal | undefined;
  /** Told of each case when it is over. */
  readonly onResult?: ((result: CaseResult) => void) | undefined;
}

/** Runs cases one after the other, in their order; what an earlier one shows to be hopeless is skipped. */
export async function runCases<Probe extends Recording>(
  cases: readonly ConformanceCase<Probe>[],
  { probe: probeFor, signal, onResult }: RunOptions<Probe>,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const each of cases) {
    if (signal?.aborted === true) break;
    const probe = probeFor(each);
    const startMs = performance.now();
    const verdict = hopeless(each, results) ?? (await verdictOf(each, probe));
    const { id, group, title, rule } = each;
    const durationMs = Math.round(performance.now() - startMs);
    const result = { id, group, title, rule, verdict, steps: probe.steps, durationMs };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

function hopeless<Probe>({ after = [] }: ConformanceCase<Probe>, results: readonly CaseResult[]): Verdict | undefined {
  const missing = results.find(({ id, verdict }) => after.includes(id) && verdict.kind !== "passed");
  return (
    missing &&
    skipped(`needs ${missing.id}, which has ${missing.verdict.kind === "failed" ? "failed" : "been skipped"}`)
  );
}

async function verdictOf<Probe extends Recording>(each: ConformanceCase<Probe>, probe: Probe): Promise<Verdict> {
  try {
    return await each.run(probe);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    await probe.end?.();
  }
}
