import { GROUPS, ruleLink } from "../case.ts";
import type { CaseResult, Verdict } from "../case.ts";
import { conforms, countsOf } from "./summary.ts";

export interface TextReportOptions {
  /** Cases that passed, too. */
  readonly verbose: boolean;
  /** How to show a mark; by default as it is. */
  readonly paint?: (kind: Verdict["kind"], text: string) => string;
}

const MARKS: Readonly<Record<Verdict["kind"], string>> = { passed: "✔", failed: "✖", skipped: "○" };

/** A report for people: what failed in full, the rest as counts. */
export function textReport(
  results: readonly CaseResult[],
  { verbose, paint = (_kind, text) => text }: TextReportOptions,
): string {
  const line = ({ verdict: { kind }, group, id, title }: CaseResult): string =>
    `${paint(kind, MARKS[kind])} ${group} ${id}: ${title}`;
  const shown = results.filter(({ verdict }) => verbose || verdict.kind === "failed");
  const blocks = shown.map((result) => [line(result), ...details(result, verbose)].join("\n"));
  const counts = Object.entries(countsOf(results)).map(([group, { passed, failed, skipped }]) => {
    const parts = [
      `${passed} passed`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ];
    return `${group.padEnd(Math.max(...GROUPS.map((name) => name.length)))}  ${parts.join(", ")}`;
  });
  const end = conforms(results) ? "The contract is held." : "The contract is broken.";
  return `${[...blocks, ...counts, end].join("\n")}\n`;
}

function details({ verdict, rule, steps }: CaseResult, verbose: boolean): readonly string[] {
  if (verdict.kind === "passed") return [];
  if (verdict.kind === "skipped") return verbose ? [`    skipped: ${verdict.reason}`] : [];
  const calls = steps.flatMap(({ sent, came }) => [`    sent  ${sent}`, `    came  ${came}`]);
  return [`    ${verdict.reason}`, ...calls, `    rule  ${ruleLink(rule)}`];
}
