import { objectMetaParser } from "./meta.ts";
import type { ObjectMeta } from "./meta.ts";
import { object, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import { workflowSpecParser } from "./workflow.ts";
import type { WorkflowSpec } from "./workflow.ts";

/** Templates that many Workflows use, or a whole Workflow to be run by reference; of one namespace, or of the whole cluster. */
export interface WorkflowTemplate {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec: WorkflowSpec;
}

export const workflowTemplateParser: Parser<WorkflowTemplate> = object<WorkflowTemplate>(
  { apiVersion: string, kind: string, metadata: objectMetaParser, spec: workflowSpecParser },
  { required: ["metadata", "spec"] },
);
