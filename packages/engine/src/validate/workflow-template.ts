import type { Issue, WorkflowSpec, WorkflowTemplate } from "@outrigger/types";
import { resolveWorkflow } from "../references/resolve-workflow.ts";
import type { Sources } from "../references/resolve-workflow.ts";
import { openReferences } from "./called-templates.ts";
import { workflowNames } from "./known-names.ts";
import { checkSpec } from "./workflow.ts";

/** Where a WorkflowTemplate may refer to. */
interface Surroundings extends Sources {
  /** What is not there does not exist. Otherwise it is left to others. */
  readonly isComplete: boolean;
}

/** All that is wrong with a WorkflowTemplate. */
export function validateWorkflowTemplate(
  { metadata, spec }: WorkflowTemplate,
  { isComplete, ...sources }: Surroundings,
): readonly Issue[] {
  const resolved = resolveWorkflow({ metadata, spec: withSuppliedArguments(spec) }, sources);
  // Whoever runs it may have more parameters, labels and outputs.
  const known = workflowNames(resolved.workflow).plus([], ["workflow."]);
  const unresolved = isComplete ? resolved.unresolved : openReferences(resolved);
  return checkSpec(resolved.workflow, { unresolved, known, isTemplate: true });
}

// A value that is known at run time only.
function withSuppliedArguments(spec: WorkflowSpec): WorkflowSpec {
  const { parameters } = spec.arguments ?? {};
  if (parameters === undefined) return spec;
  const supplied = parameters.map((each) =>
    each.value === undefined && each.valueFrom === undefined ? { ...each, value: "{{supplied}}" } : each,
  );
  return { ...spec, arguments: { ...spec.arguments, parameters: supplied } };
}
