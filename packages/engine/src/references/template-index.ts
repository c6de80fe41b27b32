import type { Template, Workflow } from "@outrigger/types";
import { own } from "../own.ts";
import { storedKey } from "./template-scope.ts";
import type { Callee, TemplateScope } from "./template-scope.ts";

/**
 * The templates that a Workflow can run: its own, and those of WorkflowTemplates that it has stored.
 *
 * Owns: finding them. Does not own: bringing them in, see resolveWorkflow.
 */
export class TemplateIndex {
  readonly #local: ReadonlyMap<string, Template>;
  readonly #stored: Readonly<Record<string, Template>>;

  constructor({ spec, status }: Workflow) {
    this.#local = new Map((spec.templates ?? []).map((template) => [template.name ?? "", template]));
    this.#stored = status?.storedTemplates ?? {};
  }

  /** The template that a call names or carries; `scope` is that of the template in which the call stands. */
  find(callee: Callee, scope: TemplateScope): Template | undefined {
    if (callee.inline !== undefined) return callee.inline;
    const key = storedKey(callee, scope);
    return key === undefined ? this.#local.get(callee.template ?? "") : own(this.#stored, key);
  }
}
