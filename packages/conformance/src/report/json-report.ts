import { ruleLink } from "../case.ts";
import type { CaseResult } from "../case.ts";
import { conforms, countsOf } from "./summary.ts";

/** A report for programs. */
export function jsonReport(subject: string, results: readonly CaseResult[]): string {
  const cases = results.map(({ verdict: { kind, ...why }, rule, ...facts }) => ({
    ...facts,
    rule: ruleLink(rule),
    verdict: kind,
    ...why,
  }));
  return `${JSON.stringify({ subject, conforms: conforms(results), counts: countsOf(results), cases }, null, 2)}\n`;
}
