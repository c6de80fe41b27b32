import { validateWorkflowTemplate } from "@outrigger/engine";
import type { Manifest } from "@outrigger/kube";
import { cronWorkflowParser, executorPluginParser, workflowTemplateParser } from "@outrigger/types";
import type { Issue } from "@outrigger/types";
import { asErrors } from "./finding.ts";
import type { Remark } from "./finding.ts";
import type { PluginInputs } from "./plugin-inputs.ts";
import { checkWorkflow, issuesOf, readArgoObject } from "./workflow-manifest.ts";
import { openReferenceRemarks } from "./workflow-templates.ts";
import type { References } from "./workflow-templates.ts";

/** What checks look at beside the manifest. */
export interface CheckContext extends References {
  readonly inputs: PluginInputs;
}

type Check = (manifest: Manifest, context: CheckContext) => readonly Remark[];

// Kinds without a row are for the API server to check.
const CHECKS: Readonly<Record<string, Check>> = {
  Workflow(manifest, context) {
    const { workflow, remarks } = checkWorkflow(manifest, context);
    return workflow === undefined ? remarks : [...remarks, ...context.inputs.check(workflow.spec, "spec")];
  },
  WorkflowTemplate: checkWorkflowTemplate,
  ClusterWorkflowTemplate: checkWorkflowTemplate,
  CronWorkflow({ value }, context) {
    const parsed = readArgoObject(value, cronWorkflowParser);
    if (!parsed.ok) return asErrors(parsed.issues);
    const { metadata, spec } = parsed.value;
    const { workflowSpec, schedules = [], schedule = "" } = spec;
    const { name: _name, ...unnamed } = metadata; // the name of a Workflow is made from it
    const issues = issuesOf({ metadata: unnamed, spec: workflowSpec }, context).map(belowWorkflowSpec);
    const unscheduled = { path: "spec.schedules", message: "is required" };
    return [
      ...asErrors(schedules.length === 0 && schedule === "" ? [unscheduled, ...issues] : issues),
      ...openReferenceRemarks(workflowSpec, WORKFLOW_SPEC, context),
      ...context.inputs.check(workflowSpec, WORKFLOW_SPEC),
    ];
  },
  ExecutorPlugin({ value }) {
    const parsed = executorPluginParser(value, "");
    return parsed.ok ? [] : asErrors(parsed.issues);
  },
};

export function checkManifest(manifest: Manifest, context: CheckContext): readonly Remark[] {
  const { kind } = manifest.value;
  const check = typeof kind === "string" && Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined;
  // What is wrong within another manifest is said there, if it is one of the files.
  return (check?.(manifest, context) ?? []).filter(({ path }) => context.isComplete || !path.includes(": "));
}

function checkWorkflowTemplate({ value }: Manifest, context: CheckContext): readonly Remark[] {
  const parsed = readArgoObject(value, workflowTemplateParser);
  if (!parsed.ok) return asErrors(parsed.issues);
  const { spec } = parsed.value;
  return [
    ...asErrors(validateWorkflowTemplate(parsed.value, context)),
    ...openReferenceRemarks(spec, "spec", context),
    ...context.inputs.check(spec, "spec"),
  ];
}

const WORKFLOW_SPEC = "spec.workflowSpec";

// Some messages begin with the path.
function belowWorkflowSpec({ path, message }: Issue): Issue {
  const moved = path.replace(/^spec(?=\.|$)/, WORKFLOW_SPEC);
  return { path: moved, message: message.startsWith(path) ? moved + message.slice(path.length) : message };
}
