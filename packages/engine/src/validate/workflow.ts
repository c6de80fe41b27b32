import type { Issue, Template, TemplateCall, Workflow } from "@outrigger/types";
import { callsOf } from "../plugins/keys.ts";
import { nameProblem } from "./calls.ts";
import { checkExpressions } from "./expressions.ts";
import { checkFields } from "./check-fields.ts";
import { Findings } from "./findings.ts";
import { workflowNames, workingFields } from "./known-names.ts";
import { checkArguments, missingInputs } from "./parameters.ts";
import { checkTemplate } from "./template.ts";

// The name becomes the value of a label.
const MAX_NAME_LENGTH = 63;
const MAX_ISSUES_SHOWN = 10;

/** Everything that is wrong with a Workflow that has been parsed: mistakes, and fields that this version cannot honour. */
export function validateWorkflow(workflow: Workflow): readonly Issue[] {
  const findings = new Findings();
  const { spec, metadata } = workflow;
  const name = metadata.name ?? "";
  if (name.length > MAX_NAME_LENGTH) {
    findings.report(
      "metadata.name",
      `workflow name "${name}" must not be more than ${MAX_NAME_LENGTH} characters long (currently ${name.length})`,
    );
  }
  checkFields("spec", spec, "spec", findings);
  const { templates: _templates, ...rest } = workingFields(spec, "spec");
  checkExpressions(rest, "spec", findings);
  checkTemplateNames(spec.templates ?? [], findings);
  checkArguments(spec.arguments, { path: "spec.arguments", label: "spec.arguments" }, findings);
  const templates = new Map((spec.templates ?? []).map((template) => [template.name ?? "", template]));
  checkBeginnings(workflow, templates, findings);
  checkTemplates(workflow, templates, findings);
  return findings.issues;
}

/** One line for `status.message`. */
export function invalidSpecMessage(issues: readonly Issue[]): string {
  const shown = issues.slice(0, MAX_ISSUES_SHOWN).map(({ message }) => message);
  const more = issues.length - shown.length;
  return `invalid spec: ${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

function checkTemplateNames(templates: readonly Template[], findings: Findings): void {
  const seen = new Set<string>();
  for (const [index, { name = "" }] of templates.entries()) {
    const path = `spec.templates[${index}].name`;
    const problem = nameProblem(name);
    if (name === "") findings.reportField(path, "is required");
    else if (problem !== undefined) findings.reportField(path, `'${name}' is invalid: ${problem}`);
    else if (seen.has(name)) findings.reportField(path, `'${name}' is not unique`);
    seen.add(name);
  }
}

// Where a Workflow begins, and what it ends with.
function checkBeginnings({ spec }: Workflow, templates: ReadonlyMap<string, Template>, findings: Findings): void {
  if (spec.entrypoint === undefined || spec.entrypoint === "") {
    // A Workflow that refers to a WorkflowTemplate is refused for that.
    if (!Object.hasOwn(spec, "workflowTemplateRef")) findings.reportField("spec.entrypoint", "is required");
  } else checkBeginning("spec.entrypoint", spec.entrypoint);
  if (spec.onExit !== undefined && spec.onExit !== "") checkBeginning("spec.onExit", spec.onExit);

  function checkBeginning(path: string, name: string): void {
    const template = templates.get(name);
    if (template === undefined) return findings.report(path, `template name '${name}' undefined`);
    for (const input of missingInputs(template.inputs, spec.arguments)) {
      findings.report(path, `templates.${name} inputs.parameters.${input} was not supplied`);
    }
  }
}

function checkTemplates(workflow: Workflow, templates: ReadonlyMap<string, Template>, findings: Findings): void {
  const templateOf = (call: TemplateCall): Template | undefined => call.inline ?? templates.get(call.template ?? "");
  const used = usedTemplates(workflow, templateOf);
  const known = workflowNames(workflow);
  for (const [index, template] of (workflow.spec.templates ?? []).entries()) {
    const place = { path: `spec.templates[${index}]`, label: `templates.${template.name ?? index}` };
    checkTemplate(template, place, { findings, templateOf, known, isUsed: used.has(template) });
  }
}

/** The templates that can come to run, those written inline included. */
function usedTemplates(
  { spec }: Workflow,
  templateOf: (call: TemplateCall) => Template | undefined,
): ReadonlySet<Template> {
  const used = new Set<Template>();
  const pending = [spec.entrypoint, spec.onExit].map((template) =>
    templateOf({ name: "", ...(template === undefined ? {} : { template }) }),
  );
  for (let template = pending.pop(); pending.length > 0 || template !== undefined; template = pending.pop()) {
    if (template === undefined || used.has(template)) continue;
    used.add(template);
    pending.push(...callsOf(template).map(templateOf));
  }
  return used;
}
