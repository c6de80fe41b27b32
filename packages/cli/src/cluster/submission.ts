import {
  ARGO_API_VERSION,
  LABEL_CLUSTER_WORKFLOW_TEMPLATE,
  LABEL_INSTANCE_ID,
  LABEL_WORKFLOW_TEMPLATE,
} from "@outrigger/types";
import type { ObjectMeta, Workflow } from "@outrigger/types";
import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TEMPLATES } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import { UserError } from "../user-error.ts";

/** What is said about Workflows on the command line, beside their manifests. */
export interface SubmissionFlags {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly labels: ReadonlyMap<string, string>;
  /** Which controller is to run them, where there are several. */
  readonly instanceId?: string | undefined;
}

/** Where a Workflow goes that names no namespace, and whether it may name another. */
export interface TargetNamespace {
  readonly namespace: string;
  readonly isAskedFor: boolean;
}

/** A Workflow as it is submitted. */
export function toSubmit(workflow: Workflow, flags: SubmissionFlags, target: TargetNamespace): Workflow {
  const { labels: own, ...metadata } = workflow.metadata;
  const { instanceId } = flags;
  const labels = {
    ...own,
    ...Object.fromEntries(flags.labels),
    ...(instanceId === undefined ? {} : { [LABEL_INSTANCE_ID]: instanceId }),
  };
  return {
    ...workflow,
    metadata: {
      ...renamed(metadata, flags),
      namespace: namespaceOf(metadata, target),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
  };
}

function renamed(metadata: ObjectMeta, { name, generateName }: SubmissionFlags): ObjectMeta {
  if (name === undefined && generateName === undefined) return metadata;
  const { name: _name, generateName: _generateName, ...rest } = metadata;
  return { ...rest, ...(name === undefined ? { generateName: generateName ?? "" } : { name }) };
}

function namespaceOf({ namespace: own }: ObjectMeta, { namespace, isAskedFor }: TargetNamespace): string {
  if (own === undefined || own === namespace) return namespace;
  if (isAskedFor)
    throw new UserError(`the Workflow is for namespace ${own}, and -n says ${namespace}: leave one of them out`);
  return own;
}

/** What a Workflow can be made from. */
export interface TemplateSource {
  readonly resource: Resource;
  readonly name: string;
}

const SOURCES: readonly { readonly resource: Resource; readonly names: readonly string[] }[] = [
  { resource: WORKFLOW_TEMPLATES, names: ["workflowtemplate", "workflowtemplates", "wftmpl"] },
  {
    resource: CLUSTER_WORKFLOW_TEMPLATES,
    names: ["clusterworkflowtemplate", "clusterworkflowtemplates", "clusterwftmpl", "cwft"],
  },
];

/** Reads `workflowtemplate/NAME`. */
export function parseSource(text: string): TemplateSource {
  const [kind = "", name = ""] = text.split("/");
  const source = SOURCES.find(({ names }) => names.includes(kind.toLowerCase().replace(/\.argoproj\.io$/, "")));
  if (source !== undefined && name !== "") return { resource: source.resource, name };
  throw new UserError(`--from ${text}: must be workflowtemplate/NAME or clusterworkflowtemplate/NAME`);
}

/** A Workflow that runs a template as a whole. */
export function workflowFrom({ resource, name }: TemplateSource): Workflow {
  const isCluster = resource === CLUSTER_WORKFLOW_TEMPLATES;
  return {
    apiVersion: ARGO_API_VERSION,
    kind: "Workflow",
    metadata: {
      generateName: `${name}-`,
      labels: { [isCluster ? LABEL_CLUSTER_WORKFLOW_TEMPLATE : LABEL_WORKFLOW_TEMPLATE]: name },
    },
    spec: { workflowTemplateRef: isCluster ? { name, clusterScope: true } : { name } },
  };
}
