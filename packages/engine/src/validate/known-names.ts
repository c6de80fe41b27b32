import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue, Parameter, Template, TemplateCall, Workflow } from "@outrigger/types";
import { knownHere } from "../expressions/substitute.ts";
import { isExpressionTag, tagsOf } from "../expressions/tags.ts";
import { own } from "../own.ts";
import { globalNames } from "../scope/global-outputs.ts";
import { fixedScope } from "../scope/scope.ts";
import { workflowScope } from "../scope/workflow-scope.ts";
import { isLoop } from "../templates/loops.ts";
import type { CalledTemplates } from "./called-templates.ts";
import { FIELD_SUPPORT } from "./field-support.ts";
import type { FieldOwner, FieldTable } from "./field-support.ts";

// Tags that begin like this are ours and have to be known; others are text that plugins may understand.
const CHECKED_ROOTS = ["item.", "steps.", "inputs.", "outputs.", "pod.", "workflow.", "tasks."];
// Known, but not listed where someone looks for a name: these are families, or known to every template.
const ALWAYS_KNOWN = ["steps.name", "tasks.name", "node.name", "workflow.creationTimestamp", "workflow.scheduledTime"];

/** Names, and what whole families of them begin with. */
export interface MoreNames {
  readonly names: readonly string[];
  readonly families?: readonly string[];
}

/** The names that tags may use at some place of a Workflow. */
export class KnownNames {
  readonly #names: Set<string>;
  readonly #families: string[];
  readonly #outer: KnownNames | undefined;

  constructor(names: Iterable<string>, families: readonly string[] = [], outer?: KnownNames) {
    this.#names = new Set(names);
    this.#families = [...families];
    this.#outer = outer;
  }

  /** These names and more, for a place within this one. */
  plus(names: Iterable<string>, families: readonly string[] = []): KnownNames {
    return new KnownNames(names, families, this);
  }

  /** From here on, more names are known. */
  learn({ names, families = [] }: MoreNames): void {
    for (const name of names) this.#names.add(name);
    this.#families.push(...families);
  }

  has(name: string): boolean {
    if (this.#names.has(name) || this.#families.some((family) => name.startsWith(family))) return true;
    return this.#outer?.has(name) ?? false;
  }

  near(name: string): string {
    return knownHere(name, fixedScope(Object.fromEntries(Array.from(this.#all(), (known) => [known, ""]))));
  }

  *#all(): Iterable<string> {
    yield* this.#names;
    if (this.#outer !== undefined) yield* this.#outer.#all();
  }
}

/** `workflow.…`: what is known everywhere. */
export function workflowNames(workflow: Workflow): KnownNames {
  const parameters = workflow.spec.arguments?.parameters ?? [];
  const scope = workflowScope({ workflow, parameters, status: "Running", failures: "", elapsedMs: 0 });
  const published = Array.from(globalNames(workflow), (name) => `workflow.outputs.parameters.${name}`);
  // A global name with a tag in it is known at run time only.
  const families = published.some((name) => name.includes("{{")) ? ["workflow.outputs.parameters."] : [];
  return new KnownNames([...scope.names(), ...published], [...ALWAYS_KNOWN, ...families]);
}

/** What a template knows of itself. */
export function ownNames(template: Template): readonly string[] {
  const inputs = template.inputs?.parameters ?? [];
  const outputs = (template.outputs?.parameters ?? []).filter(({ valueFrom }) => valueFrom?.path !== undefined);
  return [
    ...(inputs.length > 0 ? ["inputs.parameters"] : []),
    ...inputs.map(({ name }) => `inputs.parameters.${name}`),
    ...outputs.map(({ name }) => `outputs.parameters.${name}.path`),
  ];
}

/** What is known of a step or task once it has ended. */
export function calledNames(root: "steps" | "tasks", call: TemplateCall, called: CalledTemplates): MoreNames {
  const prefix = `${root}.${call.name}.`;
  if (called.isUnknown(call)) return { names: [], families: [prefix] };
  const template = called.find(call);
  const outputs: readonly Parameter[] = template?.outputs?.parameters ?? [];
  const answers = [
    ...(template?.plugin === undefined ? [] : ["outputs.result", "exitCode"]),
    ...(template?.http === undefined ? [] : ["outputs.result"]),
  ];
  const fields = [
    "id",
    "status",
    "startedAt",
    "finishedAt",
    ...answers,
    ...(isLoop(call) ? ["outputs.parameters"] : []),
  ];
  const all = [...fields, ...outputs.map(({ name }) => `outputs.parameters.${name}`)];
  return { names: all.map((field) => prefix + field) };
}

/** `item` and `item.<key>` within a loop; any key where the items come at run time. */
export function itemNames(call: TemplateCall): MoreNames {
  if (!isLoop(call)) return { names: [] };
  if (call.withItems === undefined || call.withItems.length === 0) return { names: ["item"], families: ["item."] };
  const keys = call.withItems.flatMap((item) => (isJsonObject(item) ? Object.keys(item) : []));
  return { names: ["item", ...keys.map((key) => `item.${key}`)] };
}

/** The fields of a template or call that are acted upon: tags elsewhere do not matter. */
export function workingFields(value: object, owner: FieldOwner): JsonObject {
  const table: FieldTable = FIELD_SUPPORT[owner];
  return Object.fromEntries(Object.entries(value).filter(([name]) => own(table, name)?.support === "works"));
}

/** A tag, and the place of the text it stands in. */
export interface FoundTag {
  readonly name: string;
  readonly path: string;
}

/** All tags within a JSON value. */
export function tagsIn(value: JsonValue | undefined, path: string): readonly FoundTag[] {
  if (typeof value === "string") return tagsOf(value).map((name) => ({ name, path }));
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, index) => tagsIn(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [...tagsIn(key, path), ...tagsIn(item, `${path}.${key}`)]);
}

/** Whether a tag is one of ours that nothing stands behind. A tag with a tag inside is decided at run time. */
export function isUnknown({ name }: FoundTag, known: KnownNames): boolean {
  if (isExpressionTag(name) || name.includes("{{")) return false;
  return CHECKED_ROOTS.some((root) => name.startsWith(root)) && !known.has(name);
}
