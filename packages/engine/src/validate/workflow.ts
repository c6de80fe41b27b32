import type { Issue, Workflow } from "@outrigger/types";

export function validateWorkflow(workflow: Workflow): readonly Issue[] {
  void workflow;
  return [];
}

export function invalidSpecMessage(issues: readonly Issue[]): string {
  return `invalid spec: ${issues.map(({ message }) => message).join("; ")}`;
}
