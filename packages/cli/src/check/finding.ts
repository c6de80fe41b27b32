import { formatManifestIssue } from "@outrigger/kube";
import type { ManifestIssue } from "@outrigger/kube";

/** Something about a file that its author should know. A warning may be as it is meant. */
export interface Finding extends ManifestIssue {
  readonly severity: "error" | "warning";
}

/** What one manifest is checked for: a path within it, and what is said about it. */
export type Remark = Pick<Finding, "path" | "message" | "severity">;

export function asErrors(issues: readonly Pick<Remark, "path" | "message">[]): readonly Remark[] {
  return issues.map(({ path, message }) => ({ path, message, severity: "error" }));
}

/** One line for people: `build.yaml:4:7: error: spec.entrypoint is required`. */
export function formatFinding(finding: Finding): string {
  const { file, line, column, severity } = finding;
  const place = `${file}:${line}:${column}: `;
  return `${place}${severity}: ${formatManifestIssue(finding).slice(place.length)}`;
}

export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
