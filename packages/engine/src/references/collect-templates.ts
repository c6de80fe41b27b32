import type { Template, Workflow, WorkflowTemplateRef } from "@outrigger/types";
import { callsOf, hookCalls } from "../plugins/keys.ts";
import type { WorkflowTemplates } from "../world.ts";
import { localScope, notFound, scopeOfKey, scopeWithin, storedKey, workflowTemplateOf } from "./template-scope.ts";
import type { Callee, TemplateScope } from "./template-scope.ts";

/** What a Workflow's calls reach beyond its own templates. */
export interface CollectedTemplates {
  /** By key of `status.storedTemplates`. */
  readonly stored: Readonly<Record<string, Template>>;
  /** Why there is no template of such a key. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** WorkflowTemplates that nobody knows. */
  readonly absent: readonly WorkflowTemplateRef[];
}

interface Visited {
  readonly template: Template;
  readonly scope: TemplateScope;
}

/** Follows all calls, from template to template. What the Workflow has stored already stays as it is. */
export function collectTemplates(workflow: Workflow, workflowTemplates: WorkflowTemplates): CollectedTemplates {
  return new Collector(workflow, workflowTemplates).collect();
}

class Collector {
  readonly #workflow: Workflow;
  readonly #workflowTemplates: WorkflowTemplates;
  readonly #pending: Visited[];
  readonly #stored: Map<string, Template>;
  readonly #seen = new Set<string>();
  readonly #unresolved = new Map<string, string>();
  readonly #absent = new Map<TemplateScope, WorkflowTemplateRef>();

  constructor(workflow: Workflow, workflowTemplates: WorkflowTemplates) {
    const scope = localScope(workflow);
    this.#workflow = workflow;
    this.#workflowTemplates = workflowTemplates;
    this.#pending = (workflow.spec.templates ?? []).map((template) => ({ template, scope }));
    this.#stored = new Map(Object.entries(workflow.status?.storedTemplates ?? {}));
  }

  collect(): CollectedTemplates {
    for (const call of hookCalls(this.#workflow.spec)) this.#follow(call, localScope(this.#workflow));
    for (let visited = this.#pending.pop(); visited !== undefined; visited = this.#pending.pop()) {
      for (const call of callsOf(visited.template)) this.#follow(call, visited.scope);
    }
    return {
      stored: Object.fromEntries(this.#stored),
      unresolved: this.#unresolved,
      absent: [...this.#absent.values()],
    };
  }

  #follow(call: Callee, outer: TemplateScope): void {
    const scope = scopeWithin(call, outer);
    if (call.inline !== undefined) this.#pending.push({ template: call.inline, scope });
    const key = storedKey(call, outer);
    if (key === undefined || this.#seen.has(key)) return;
    this.#seen.add(key);
    const found = this.#stored.get(key) ?? this.#lookUp(key);
    if (found === undefined) return;
    this.#stored.set(key, found);
    this.#pending.push({ template: found, scope });
  }

  #lookUp(key: string): Template | undefined {
    const scope = scopeOfKey(key);
    const ref = workflowTemplateOf(scope);
    const known = this.#workflowTemplates.get(scope);
    if (known === undefined && canBeLookedUp(ref)) this.#absent.set(scope, ref);
    if (known?.ok !== true) return this.#miss(key, known?.message ?? notFound(ref));
    const name = key.slice(scope.length + 1);
    const { templates = [] } = known.value;
    return templates.find((template) => template.name === name) ?? this.#miss(key, noSuchTemplate(ref, templates));
  }

  #miss(key: string, reason: string): undefined {
    this.#unresolved.set(key, reason);
  }
}

// The others are refused.
function canBeLookedUp({ name }: WorkflowTemplateRef): boolean {
  return name !== "" && !name.includes("{{");
}

function noSuchTemplate({ name }: WorkflowTemplateRef, templates: readonly Template[]): string {
  const names = templates.flatMap((template) => template.name ?? []);
  return `${name} has ${names.length === 0 ? "no templates" : `the templates ${names.join(", ")}`}`;
}
