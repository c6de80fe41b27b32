import type { JsonValue, TemplateCall, TemplateRef } from "@outrigger/types";
import { checkWhen } from "../expressions/when.ts";
import { refText } from "../references/template-scope.ts";
import type { CalledTemplates } from "./called-templates.ts";
import type { Findings, Place } from "./findings.ts";
import { isUnknown, itemNames, ownNames, tagsIn, workingFields } from "./known-names.ts";
import type { KnownNames } from "./known-names.ts";
import { checkArguments, missingInputs } from "./parameters.ts";

const FIELD_NAME = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/;
const MAX_NAME_LENGTH = 128;

/** What is wrong with the name of a template, step or task; undefined if nothing is. */
export function nameProblem(name: string): string | undefined {
  if (!FIELD_NAME.test(name)) return "it must consist of letters, digits or '-', and start with a letter or digit";
  return name.length > MAX_NAME_LENGTH ? `it is longer than ${MAX_NAME_LENGTH} characters` : undefined;
}

/** A call to check. */
export interface CallCheck {
  readonly call: TemplateCall;
  readonly place: Place;
  /** Finds the template that it calls. */
  readonly called: CalledTemplates;
  /** What its tags may name, beside its own item. */
  readonly known: KnownNames;
  /** How tags are reported that nothing stands behind: `templates.main.steps`. */
  readonly owner: Place;
}

/** Checks what steps and tasks have in common. */
export function checkCall({ call, place, called, known, owner }: CallCheck, findings: Findings): void {
  checkLoop(call, place, findings);
  checkArguments(call.arguments, { path: `${place.path}.arguments`, label: `${place.label}.arguments` }, findings);
  checkCalledTemplate(call, place, called, findings);
  checkCondition(call, place, findings);
  const items = itemNames(call);
  const inline = call.inline === undefined ? [] : ownNames(call.inline);
  // The name of a call is no text with tags.
  const { name: _name, hooks: _hooks, ...texts } = workingFields(call, "task");
  reportUnknownTags(texts, place, known.plus([...items.names, ...inline], items.families), {
    owner,
    findings,
  });
}

/** Checks that a call, also that of a hook, names one template that is there, and gives it its inputs. */
export function checkCalledTemplate(
  call: TemplateCall,
  place: Place,
  called: CalledTemplates,
  findings: Findings,
): void {
  const [way, another] = WAYS_TO_CALL.filter((field) => call[field] !== undefined && call[field] !== "");
  if (way === undefined) {
    return findings.report(place.path, `${place.label} names no template: set template, templateRef or inline`);
  }
  if (another !== undefined) {
    return findings.report(`${place.path}.${another}`, `${place.label} has both ${way} and ${another}, choose one`);
  }
  const refProblem = call.templateRef === undefined ? undefined : templateRefProblem(call.templateRef);
  if (refProblem !== undefined) return findings.report(`${place.path}.templateRef`, `${place.label} ${refProblem}`);
  if (called.isUnknown(call)) return;
  const template = called.find(call);
  if (template === undefined) {
    return findings.report(`${place.path}.${way}`, `${place.label} ${called.problem(call)}`);
  }
  const name = way === "inline" ? `${place.label}.inline` : called.placeOf(call, template);
  for (const input of missingInputs(template.inputs, call.arguments)) {
    findings.report(`${place.path}.arguments`, `${place.label} ${name} inputs.parameters.${input} was not supplied`);
  }
}

function templateRefProblem(ref: TemplateRef): string | undefined {
  if (ref.name === "" || ref.template === "") return "templateRef needs both name and template";
  if (!refText(ref).includes("{{")) return undefined;
  return "templateRef must not hold tags: it is looked up when the Workflow begins";
}

const WAYS_TO_CALL = ["template", "templateRef", "inline"] as const;

function checkLoop(call: TemplateCall, place: Place, findings: Findings): void {
  const kinds = [(call.withItems ?? []).length > 0, (call.withParam ?? "") !== "", call.withSequence !== undefined];
  if (kinds.filter(Boolean).length > 1) {
    findings.report(place.path, `${place.label} only one of withItems, withParam, withSequence can be specified`);
  }
  if (call.withSequence === undefined) return;
  const { count, end } = call.withSequence;
  const ends = [count, end].filter((bound) => bound !== undefined).length;
  if (ends === 1) return;
  const problem =
    ends === 0 ? "withSequence needs count or end" : "only one of count or end can be defined in withSequence";
  findings.report(`${place.path}.withSequence`, `${place.label} ${problem}`);
}

function checkCondition({ when }: TemplateCall, place: Place, findings: Findings): void {
  if (when === undefined || when === "" || when.includes("{{")) return;
  const problem = checkWhen(when);
  if (problem !== undefined) findings.report(`${place.path}.when`, `${place.label} when '${when}': ${problem}`);
}

export interface TagReport {
  readonly owner: Place;
  readonly findings: Findings;
}

/** Reports the tags of a value that nothing stands behind. */
export function reportUnknownTags(
  value: JsonValue,
  place: Place,
  known: KnownNames,
  { owner, findings }: TagReport,
): void {
  for (const tag of tagsIn(value, place.path)) {
    if (!isUnknown(tag, known)) continue;
    const where = tag.path.slice(owner.path.length).replace(/^\./, "");
    findings.report(
      tag.path,
      `${owner.label} failed to resolve {{${tag.name}}} (in ${where}; ${known.near(tag.name)})`,
    );
  }
}
