import {
  ANNOTATION_RETRIES,
  LABEL_ARCHIVING_STATUS,
  LABEL_COMPLETED,
  LABEL_PHASE,
  LABEL_RESUBMITTED_FROM,
} from "@outrigger/types";
import type { Workflow } from "@outrigger/types";
import { withArguments } from "./parameters.ts";

// What is said of the Workflow that was, not of the one to come.
const OF_THE_OLD: ReadonlySet<string> = new Set([
  ANNOTATION_RETRIES,
  LABEL_ARCHIVING_STATUS,
  LABEL_COMPLETED,
  LABEL_PHASE,
  "workflows.argoproj.io/creator",
  "workflows.argoproj.io/creator-email",
  "workflows.argoproj.io/creator-preferred-username",
]);

/** A Workflow as another, which runs it all from the beginning. */
export function resubmittedWorkflow(workflow: Workflow, parameters: ReadonlyMap<string, string>): Workflow {
  const { metadata, spec } = workflow;
  const { name = "", generateName = `${name}-`, namespace, ownerReferences } = metadata;
  const { shutdown: _shutdown, ...again } = spec;
  const { apiVersion, kind } = workflow;
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: {
      generateName,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...carriedOver(metadata.labels), [LABEL_RESUBMITTED_FROM]: name },
      annotations: carriedOver(metadata.annotations),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec: withArguments(again, parameters),
  };
}

function carriedOver(texts: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => !OF_THE_OLD.has(name)));
}
