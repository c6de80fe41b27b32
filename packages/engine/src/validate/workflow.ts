import type { Issue, Template, Workflow } from "@outrigger/types";
import { podSpecPatchProblem } from "../build/pod-spec-patch.ts";
import { callsOf, hookCalls } from "../plugins/keys.ts";
import { TemplateIndex } from "../references/template-index.ts";
import { localScope, scopeOfKey, scopeWithin, templatePlace } from "../references/template-scope.ts";
import type { Callee, TemplateScope } from "../references/template-scope.ts";
import { nameProblem, reportUnknownTags } from "./calls.ts";
import { checkExpressions } from "./expressions.ts";
import { checkFields } from "./check-fields.ts";
import { CalledTemplates } from "./called-templates.ts";
import type { Unresolved } from "./called-templates.ts";
import { Findings } from "./findings.ts";
import type { Place } from "./findings.ts";
import { checkHooks } from "./hooks.ts";
import type { KnownNames } from "./known-names.ts";
import { workflowNames, workingFields } from "./known-names.ts";
import { checkArguments, missingInputs } from "./parameters.ts";
import { checkWorkflowLimits } from "./limits.ts";
import { checkTemplate } from "./template.ts";

// The name becomes the value of a label.
const MAX_NAME_LENGTH = 63;
const MAX_ISSUES_SHOWN = 10;

/**
 * Everything that is wrong with a Workflow that has been parsed: mistakes, and fields that this version cannot honour. What it refers to
 * has been brought in by resolveWorkflow, which also says why something could not be.
 */
export function validateWorkflow(workflow: Workflow, unresolved: Unresolved = new Map()): readonly Issue[] {
  const known = workflowNames(workflow);
  return [...checkName(workflow), ...checkSpec(workflow, { unresolved, known, isTemplate: false })];
}

function checkName({ metadata: { name = "" } }: Workflow): readonly Issue[] {
  if (name.length <= MAX_NAME_LENGTH) return [];
  const message = `workflow name "${name}" must not be more than ${MAX_NAME_LENGTH} characters long (currently ${name.length})`;
  return [{ path: "metadata.name", message }];
}

export interface SpecCheck {
  readonly unresolved: Unresolved;
  /** What tags can name everywhere. */
  readonly known: KnownNames;
  /** Any of its templates may be called, and it need not begin anywhere. */
  readonly isTemplate: boolean;
}

/** All that is wrong with a spec, and what it refers to. */
export function checkSpec(workflow: Workflow, check: SpecCheck): readonly Issue[] {
  const findings = new Findings();
  const { spec } = workflow;
  const { known, isTemplate } = check;
  checkFields("spec", spec, "spec", findings);
  const { templates: _templates, ...rest } = workingFields(spec, "spec");
  checkExpressions(rest, "spec", findings);
  checkPodSpecPatch(workflow, known, findings);
  checkTemplateNames(spec.templates ?? [], findings);
  checkArguments(spec.arguments, { path: "spec.arguments", label: "spec.arguments" }, findings);
  checkWorkflowLimits(workflow, findings);
  const templates = new Map((spec.templates ?? []).map((template) => [template.name ?? "", template]));
  if (!isTemplate || (spec.entrypoint ?? "") !== "") checkBeginnings(workflow, templates, findings);
  checkTemplates(workflow, check, findings);
  return findings.issues;
}

/** One line for `status.message`. */
export function invalidSpecMessage(issues: readonly Issue[]): string {
  const shown = issues.slice(0, MAX_ISSUES_SHOWN).map(({ message }) => message);
  const more = issues.length - shown.length;
  return `invalid spec: ${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

function checkPodSpecPatch(workflow: Workflow, known: KnownNames, findings: Findings): void {
  const problem = podSpecPatchProblem(workflow);
  if (problem !== undefined) findings.report(POD_SPEC_PATCH, problem);
  const place = { path: POD_SPEC_PATCH, label: POD_SPEC_PATCH };
  const owner = { path: "spec", label: "spec" };
  reportUnknownTags(workflow.spec.podSpecPatch ?? "", place, known, { owner, findings });
}

const POD_SPEC_PATCH = "spec.podSpecPatch";

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
    findings.reportField("spec.entrypoint", "is required");
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

function checkTemplates(workflow: Workflow, { unresolved, known, isTemplate }: SpecCheck, findings: Findings): void {
  const index = new TemplateIndex(workflow);
  const used = usedTemplates(workflow, index);
  // `onExit` gets the Workflow's arguments, and is checked as one of its beginnings.
  const hooks = { hooks: workflow.spec.hooks ?? {} };
  const called = new CalledTemplates(index, localScope(workflow), unresolved);
  checkHooks({ hooks, place: { path: "spec", label: "spec" }, called, known }, findings);
  for (const { template: written, scope, place } of templatesToCheck(workflow)) {
    const template = index.complete(written);
    const calledFrom = new CalledTemplates(index, scope, unresolved);
    const isUsed = isTemplate || used.has(template);
    checkTemplate(template, place, { findings, called: calledFrom, known, written, isUsed });
  }
}

interface TemplateToCheck extends ScopedTemplate {
  readonly place: Place;
}

function templatesToCheck(workflow: Workflow): readonly TemplateToCheck[] {
  const { spec, status = {} } = workflow;
  const own = (spec.templates ?? []).map((template, index) => ({
    template,
    scope: localScope(workflow),
    place: { path: `spec.templates[${index}]`, label: `templates.${template.name ?? index}` },
  }));
  const stored = Object.entries(status.storedTemplates ?? {}).map(([key, template]) => {
    const scope = scopeOfKey(key);
    const label = templatePlace(scope, template.name ?? "");
    return { template, scope, place: { path: label, label } };
  });
  return [...own, ...stored];
}

interface ScopedTemplate {
  readonly template: Template;
  readonly scope: TemplateScope;
}

/** The templates that can come to run, those written inline included. */
function usedTemplates(workflow: Workflow, index: TemplateIndex): ReadonlySet<Template> {
  const used = new Set<Template>();
  const find = (callee: Callee, outer: TemplateScope): readonly ScopedTemplate[] => {
    const template = index.find(callee, outer);
    return template === undefined ? [] : [{ template, scope: scopeWithin(callee, outer) }];
  };
  const { spec } = workflow;
  const entry = spec.entrypoint === undefined ? [] : [{ template: spec.entrypoint }];
  const pending = [...entry, ...hookCalls(spec)].flatMap((call) => find(call, localScope(workflow)));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { template, scope } = next;
    if (used.has(template)) continue;
    used.add(template);
    pending.push(...callsOf(template).flatMap((call) => find(call, scope)));
  }
  return used;
}
