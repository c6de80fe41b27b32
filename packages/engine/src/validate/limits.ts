import type { RetryStrategy, Template, Workflow } from "@outrigger/types";
import { retryProblems } from "../retry/plan.ts";
import { TIME_FIELDS } from "../templates/deadline.ts";
import { parseSpan } from "../templates/span.ts";
import { checkExpression } from "./expressions.ts";
import type { Findings } from "./findings.ts";

/** What the Workflow says of time, number and further attempts. */
export function checkWorkflowLimits({ spec }: Workflow, findings: Findings): void {
  checkParallelism(spec.parallelism, "spec.parallelism", findings);
  checkRetry(spec.retryStrategy, "spec.retryStrategy", findings);
  const seconds = spec.activeDeadlineSeconds;
  if (seconds !== undefined && seconds < 0) findings.reportField("spec.activeDeadlineSeconds", "must not be negative");
}

/** What a template says of them. */
export function checkTemplateLimits(template: Template, path: string, findings: Findings): void {
  checkParallelism(template.parallelism, `${path}.parallelism`, findings);
  checkRetry(template.retryStrategy, `${path}.retryStrategy`, findings);
  for (const field of TIME_FIELDS) {
    const written = template[field];
    if (written === undefined || written === "" || written.includes("{{")) continue;
    if ((parseSpan(written) ?? -1) < 0) {
      findings.reportField(`${path}.${field}`, `must be seconds or a duration such as 2m, not '${written}'`);
    }
  }
}

function checkParallelism(parallelism: number | undefined, path: string, findings: Findings): void {
  if (parallelism !== undefined && parallelism < 1) findings.reportField(path, `must be 1 or more, not ${parallelism}`);
}

function checkRetry(strategy: RetryStrategy | undefined, path: string, findings: Findings): void {
  if (strategy === undefined) return;
  for (const { field, problem } of retryProblems(strategy)) findings.reportField(`${path}.${field}`, problem);
  const { expression } = strategy;
  if (expression !== undefined && expression !== "" && !expression.includes("{{")) {
    checkExpression(expression, `${path}.expression`, findings);
  }
}
