import { TEMPLATE_BODIES, templateBodies } from "@outrigger/types";
import type { JsonObject, Template, TemplateBody } from "@outrigger/types";
import { strategicMerge } from "../merge/strategic-merge.ts";
import { TEMPLATE_RULES } from "../merge/workflow-rules.ts";

/** A template with what `spec.templateDefaults` adds to it; a default body is for templates of that kind only. */
export function withDefaults(template: Template, defaults: Template | undefined): Template {
  if (defaults === undefined) return template;
  const bodies = templateBodies(template);
  const foreign = (name: string): boolean =>
    TEMPLATE_BODIES.some((body) => body === name) && !bodies.includes(name as TemplateBody);
  const applicable = Object.fromEntries(Object.entries(defaults).filter(([name]) => name !== "name" && !foreign(name)));
  const merged = strategicMerge(applicable, template as unknown as JsonObject, TEMPLATE_RULES);
  return merged.ok ? merged.value : template;
}
