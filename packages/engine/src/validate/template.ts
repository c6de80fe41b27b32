import { templateBodies } from "@outrigger/types";
import type { JsonValue, Template, TemplateCall, WorkflowStep } from "@outrigger/types";
import { RUNNABLE_BODIES } from "../templates/dispatch.ts";
import { parseSpan } from "../templates/span.ts";
import type { CalledTemplates } from "./called-templates.ts";
import { checkCall, nameProblem, reportUnknownTags } from "./calls.ts";
import { checkExpression, checkExpressions } from "./expressions.ts";
import { checkFields } from "./check-fields.ts";
import { checkDag, missingDependency } from "./dag.ts";
import { checkMemoize } from "./memoize.ts";
import { inPlace } from "./findings.ts";
import type { Findings, Place } from "./findings.ts";
import { checkHooks } from "./hooks.ts";
import { calledNames, ownNames, tagsIn, workingFields } from "./known-names.ts";
import type { KnownNames } from "./known-names.ts";
import { checkTemplateLimits } from "./limits.ts";
import { checkNames, checkOutputs } from "./parameters.ts";

/** What all checks of templates share. */
export interface TemplateCheck {
  readonly findings: Findings;
  /** What its calls lead to. */
  readonly called: CalledTemplates;
  /** What tags may name outside of the template. */
  readonly known: KnownNames;
  /** The template without `spec.templateDefaults`, which is judged by itself. */
  readonly written?: Template;
  /** The template is run from the entrypoint or exit handler. */
  readonly isUsed: boolean;
}

export function checkTemplate(template: Template, place: Place, check: TemplateCheck): void {
  const { findings } = check;
  const bodies = templateBodies(template);
  if (check.isUsed) checkSupport(check.written ?? template, place, findings);
  checkMemoize(template, place, findings);
  const list = { path: `${place.path}.inputs.parameters`, label: `${place.label}.inputs.parameters` };
  checkNames(template.inputs?.parameters ?? [], list, findings);
  checkOutputs(template.outputs, place, findings, { fromCalls: bodies[0] === "steps" || bodies[0] === "dag" });
  if (bodies.length !== 1) return reportBodies(bodies, place, findings);
  const within = { ...check, known: check.known.plus(ownNames(template)) };
  if (template.steps !== undefined) return checkSteps(template, template.steps, place, within);
  if (template.dag !== undefined) return checkTasks(template, place, within);
  checkLeaf(template, place, within);
}

function reportBodies(bodies: readonly string[], place: Place, findings: Findings): void {
  const kinds = `choose one of: ${RUNNABLE_BODIES.join(", ")}`;
  const problem =
    bodies.length === 0 ? "template type unspecified" : `multiple template types specified (${bodies.join(", ")})`;
  findings.report(place.path, `${place.label} ${problem}. ${kinds}`);
}

// A field or kind of template that this version does not honour, and tags that it cannot evaluate.
function checkSupport(template: Template, place: Place, findings: Findings): void {
  checkFields("template", template, place.path, findings);
  const foreign = templateBodies(template).find((body) => !RUNNABLE_BODIES.includes(body));
  if (foreign !== undefined) {
    findings.report(
      inPlace(place, foreign),
      `${inPlace(place, foreign)} (${place.label}): ${foreign} templates are not run; this version runs ${RUNNABLE_BODIES.join(", ")}`,
    );
  }
  checkExpressions(workingFields(template, "template"), place.path, findings);
  checkTemplateLimits(template, place.path, findings);
}

function checkLeaf(template: Template, place: Place, { known, findings }: TemplateCheck): void {
  reportUnknownTags(workingFields(template, "template"), place, known, {
    owner: { path: place.path, label: `${place.label}:` },
    findings,
  });
  const { successCondition = "" } = template.http ?? {};
  if (successCondition !== "" && !successCondition.includes("{{")) {
    checkExpression(successCondition, `${place.path}.http.successCondition`, findings);
  }
  const duration = template.suspend?.duration;
  if (duration === undefined || duration === "" || duration.includes("{{")) return;
  if (parseSpan(duration) === undefined) {
    findings.reportField(
      `${place.path}.suspend.duration`,
      `must be seconds or a duration such as 2m, not '${duration}'`,
    );
  }
}

function checkSteps(
  template: Template,
  groups: readonly (readonly WorkflowStep[])[],
  place: Place,
  check: TemplateCheck,
): void {
  const owner = { path: place.path, label: `${place.label}.steps` };
  const seen = new Set<string>();
  const known = check.known.plus([]);
  for (const [index, steps] of groups.entries()) {
    const path = `${place.path}.steps[${index}]`;
    checkStepNames(steps, { path, label: `${place.label}.steps[${index}]` }, seen, check.findings);
    for (const [position, call] of steps.entries()) {
      const at = { path: `${path}[${position}]`, label: `${place.label}.steps[${index}].${call.name}` };
      checkCallAndInline(call, at, owner, { ...check, known, root: "steps" });
    }
    // A step sees the groups before its own.
    for (const call of steps) known.learn(calledNames("steps", call, check.called));
  }
  reportOutputs(template, place, known, check.findings);
}

function checkStepNames(steps: readonly WorkflowStep[], place: Place, seen: Set<string>, findings: Findings): void {
  for (const [index, { name }] of steps.entries()) {
    const path = `${place.path}[${index}].name`;
    const problem = nameProblem(name);
    if (name === "") findings.report(path, `${place.label}.name is required`);
    else if (seen.has(name)) findings.report(path, `${place.label}.name '${name}' is not unique`);
    else if (problem !== undefined) findings.report(path, `${place.label}.name '${name}' is invalid: ${problem}`);
    seen.add(name);
  }
}

function checkTasks(template: Template, place: Place, check: TemplateCheck): void {
  const { findings } = check;
  const dag = template.dag ?? { tasks: [] };
  const compiled = checkDag(dag, place, findings);
  const known = check.known.plus([]);
  for (const task of dag.tasks) known.learn(calledNames("tasks", task, check.called));
  for (const [index, task] of dag.tasks.entries()) {
    const at = { path: `${place.path}.dag.tasks[${index}]`, label: `${place.label}.tasks.${task.name}` };
    checkCallAndInline(task, at, at, { ...check, known, root: "tasks" });
    for (const { name, path } of compiled === undefined ? [] : tagsIn(workingFields(task, "task"), at.path)) {
      const missing = compiled === undefined ? undefined : missingDependency(compiled, task.name, name);
      if (missing !== undefined) findings.report(path, `${at.label} missing dependency '${missing}' for {{${name}}}`);
    }
  }
  reportOutputs(template, place, known, findings);
}

function checkCallAndInline(
  call: TemplateCall,
  place: Place,
  owner: Place,
  check: TemplateCheck & { readonly root: "steps" | "tasks" },
): void {
  const { findings, known, called } = check;
  checkCall({ call, place, called, known, owner }, findings);
  const seen = known.plus([]);
  seen.learn(calledNames(check.root, call, called));
  checkHooks({ hooks: call, place, called, known: seen }, findings);
  if (call.inline === undefined) return;
  checkTemplate(
    call.inline,
    { path: `${place.path}.inline`, label: `${place.label}.inline` },
    { ...check, isUsed: false },
  );
}

function reportOutputs(template: Template, place: Place, known: KnownNames, findings: Findings): void {
  const outputs = { path: `${place.path}.outputs`, label: `${place.label}.outputs` };
  reportUnknownTags(asJson(template.outputs ?? {}), outputs, known, { owner: outputs, findings });
}

function asJson(value: object): JsonValue {
  return value as unknown as JsonValue;
}
