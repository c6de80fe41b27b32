import { GROUPS, ruleLink } from "../case.ts";
import type { CaseResult } from "../case.ts";
import { countsOf } from "./summary.ts";

/** A report for CI systems: a suite for each group. */
export function junitReport(subject: string, results: readonly CaseResult[]): string {
  const counts = countsOf(results);
  const suites = GROUPS.map((group) => {
    const cases = results.filter((each) => each.group === group);
    const { failed, skipped } = counts[group];
    const head = `  <testsuite name="${escaped(`${subject} ${group}`)}" tests="${cases.length}" failures="${failed}" skipped="${skipped}" time="${seconds(cases)}">`;
    return [head, ...cases.map(testCase), "  </testsuite>"].join("\n");
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

function testCase(result: CaseResult): string {
  const { group, id, title, verdict, rule, steps } = result;
  const head = `    <testcase classname="${group}" name="${escaped(`${id}: ${title}`)}" time="${seconds([result])}"`;
  if (verdict.kind === "passed") return `${head}/>`;
  if (verdict.kind === "skipped") return `${head}><skipped message="${escaped(verdict.reason)}"/></testcase>`;
  const calls = steps.map(({ sent, came }) => `sent  ${sent}\ncame  ${came}\n`).join("");
  const text = escaped(`${calls}rule  ${ruleLink(rule)}`);
  return `${head}><failure message="${escaped(verdict.reason)}">${text}</failure></testcase>`;
}

function seconds(results: readonly CaseResult[]): string {
  return (results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  // XML has no way to write other control characters.
  const printable = Array.from(text, (char) => (char < " " && !"\n\t".includes(char) ? "�" : char)).join("");
  return printable.replaceAll(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}
