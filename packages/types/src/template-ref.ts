import { boolean, object, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";

/** A template of a WorkflowTemplate, or of a ClusterWorkflowTemplate. */
export interface TemplateRef {
  /** Of the WorkflowTemplate. */
  readonly name: string;
  readonly template: string;
  readonly clusterScope?: boolean;
}

export const templateRefParser: Parser<TemplateRef> = object<TemplateRef>(
  { name: string, template: string, clusterScope: boolean },
  { required: ["name", "template"] },
);
