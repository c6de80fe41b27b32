import type { Template, Workflow } from "@outrigger/types";
import { own } from "../own.ts";
import { withDefaults } from "./template-defaults.ts";
import { storedKey } from "./template-scope.ts";
import type { Callee, TemplateScope } from "./template-scope.ts";

/**
 * The templates that a Workflow can run: its own, and those of WorkflowTemplates that it has stored.
 *
 * Owns: finding them, and adding `spec.templateDefaults`. Does not own: bringing them in, see resolveWorkflow.
 * 1. The same template is answered as the same object.
 */
export class TemplateIndex {
  readonly #local: ReadonlyMap<string, Template>;
  readonly #stored: Readonly<Record<string, Template>>;
  readonly #defaults: Template | undefined;
  readonly #completed = new Map<Template, Template>();

  constructor({ spec, status }: Workflow) {
    this.#local = new Map((spec.templates ?? []).map((template) => [template.name ?? "", template]));
    this.#stored = status?.storedTemplates ?? {};
    this.#defaults = spec.templateDefaults;
  }

  /** The template that a call names or carries; `scope` is that of the template in which the call stands. */
  find(callee: Callee, scope: TemplateScope): Template | undefined {
    const written = this.#written(callee, scope);
    return written === undefined ? undefined : this.complete(written);
  }

  /** A template as it is run. */
  complete(template: Template): Template {
    if (this.#defaults === undefined) return template;
    let completed = this.#completed.get(template);
    if (completed === undefined) {
      completed = withDefaults(template, this.#defaults);
      this.#completed.set(template, completed); // 1
    }
    return completed;
  }

  #written(callee: Callee, scope: TemplateScope): Template | undefined {
    if (callee.inline !== undefined) return callee.inline;
    const key = storedKey(callee, scope);
    return key === undefined ? this.#local.get(callee.template ?? "") : own(this.#stored, key);
  }
}
