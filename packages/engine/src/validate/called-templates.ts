import type { Template, TemplateCall } from "@outrigger/types";
import type { ResolvedWorkflow } from "../references/resolve-workflow.ts";
import { refText, scopeOf, scopeOfKey, scopeWithin, storedKey, templatePlace } from "../references/template-scope.ts";
import type { TemplateScope } from "../references/template-scope.ts";
import type { TemplateIndex } from "../references/template-index.ts";

/**
 * Why there is no template of a key of `status.storedTemplates`. UNKNOWN: someone else will look for it, so nothing is said of it, nor of
 * what it may put out.
 */
export type Unresolved = ReadonlyMap<string, string | typeof UNKNOWN>;
const UNKNOWN = Symbol("unknown");

/** What could not be resolved, but for what stands in WorkflowTemplates that nobody here knows. */
export function openReferences({ unresolved, absent }: Pick<ResolvedWorkflow, "unresolved" | "absent">): Unresolved {
  const open = new Set(absent.map(scopeOf));
  return new Map(
    Array.from(unresolved, ([key, reason]) => [key, open.has(scopeOfKey(key)) ? UNKNOWN : reason] as const),
  );
}

/** What calls that stand in the templates of one scope lead to. */
export class CalledTemplates {
  readonly #index: TemplateIndex;
  readonly #scope: TemplateScope;
  readonly #unresolved: Unresolved;

  constructor(index: TemplateIndex, scope: TemplateScope, unresolved: Unresolved) {
    this.#index = index;
    this.#scope = scope;
    this.#unresolved = unresolved;
  }

  find(call: TemplateCall): Template | undefined {
    return this.#index.find(call, this.#scope);
  }

  /** Nothing can be said of what this call leads to. */
  isUnknown(call: TemplateCall): boolean {
    return this.#unresolved.get(storedKey(call, this.#scope) ?? "") === UNKNOWN;
  }

  /** Why nothing was found. */
  problem(call: TemplateCall): string {
    const why = this.#unresolved.get(storedKey(call, this.#scope) ?? "");
    const reason = typeof why === "string" ? `: ${why}` : "";
    if (call.templateRef === undefined) return `template name '${call.template ?? ""}' undefined${reason}`;
    return `template reference ${refText(call.templateRef)} not found${reason}`;
  }

  /** For messages: `templates.say`. */
  placeOf(call: TemplateCall, { name = "" }: Template): string {
    return templatePlace(scopeWithin(call, this.#scope), name);
  }
}
