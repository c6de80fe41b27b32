import { objectMetaParser } from "./meta.ts";
import type { ObjectMeta } from "./meta.ts";
import { list, object, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import { workflowSpecParser } from "./workflow.ts";
import type { WorkflowSpec } from "./workflow.ts";

/** What we read of a CronWorkflow: the Workflow that it starts, and when. */
export interface CronWorkflow {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly workflowSpec: WorkflowSpec;
    readonly schedules?: readonly string[];
    /** The older way to write one. */
    readonly schedule?: string;
  };
}

export const cronWorkflowParser: Parser<CronWorkflow> = object<CronWorkflow>(
  {
    apiVersion: string,
    kind: string,
    metadata: objectMetaParser,
    spec: object<CronWorkflow["spec"]>(
      { workflowSpec: workflowSpecParser, schedules: list(string), schedule: string },
      { required: ["workflowSpec"] },
    ),
  },
  { required: ["metadata", "spec"] },
);
