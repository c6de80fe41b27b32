import { GROUPS } from "../case.ts";
import type { CaseResult, Group, Verdict } from "../case.ts";

export type Counts = Readonly<Record<Verdict["kind"], number>>;

/** What a run has come to, by group. */
export function countsOf(results: readonly CaseResult[]): Readonly<Record<Group, Counts>> {
  return Object.fromEntries(
    GROUPS.map((group) => [group, counts(results.filter((each) => each.group === group))]),
  ) as Record<Group, Counts>;
}

function counts(results: readonly CaseResult[]): Counts {
  const count = (kind: Verdict["kind"]): number => results.filter(({ verdict }) => verdict.kind === kind).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

/** It holds the contract: no case of the group `must` has failed. */
export function conforms(results: readonly CaseResult[]): boolean {
  return results.every(({ group, verdict }) => group !== "must" || verdict.kind !== "failed");
}
