import { failed, resolveWorkflow, scopeOf, succeeded } from "@outrigger/engine";
import type { Outcome, WorkflowTemplates } from "@outrigger/engine";
import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TEMPLATES, hasReason, isTransient } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import { formatIssues, workflowTemplateParser } from "@outrigger/types";
import type { Workflow, WorkflowSpec, WorkflowTemplateRef } from "@outrigger/types";

type Found = Outcome<WorkflowSpec> | undefined;

/**
 * The WorkflowTemplates that a Workflow refers to, directly or not. They matter once, when it begins, and are read from the API
 * itself: a watch may be behind, and someone who changes a WorkflowTemplate and submits a Workflow right after means the new one.
 */
export async function readWorkflowTemplates(workflow: Workflow, client: KubeClient): Promise<WorkflowTemplates> {
  const { namespace = "" } = workflow.metadata;
  const found = new Map<string, Found>();
  const known: WorkflowTemplates = found;
  for (;;) {
    const unread = resolveWorkflow(workflow, { workflowTemplates: known }).absent.filter(
      (ref) => !found.has(scopeOf(ref)),
    );
    if (unread.length === 0) return known;
    const read = unread.map(async (ref) => [scopeOf(ref), await readSpec(ref, namespace, client)] as const);
    for (const [scope, spec] of await Promise.all(read)) found.set(scope, spec);
  }
}

async function readSpec(ref: WorkflowTemplateRef, namespace: string, client: KubeClient): Promise<Found> {
  try {
    const { name } = ref;
    const object =
      ref.clusterScope === true
        ? await client.get(CLUSTER_WORKFLOW_TEMPLATES, { name })
        : await client.get(WORKFLOW_TEMPLATES, { namespace, name });
    const parsed = workflowTemplateParser(object, "");
    return parsed.ok ? succeeded(parsed.value.spec) : failed(`${name} cannot be read: ${formatIssues(parsed.issues)}`);
  } catch (error) {
    if (hasReason(error, "NotFound")) return undefined;
    if (!(error instanceof Error) || isTransient(error)) throw error;
    return failed(errorText(error)); // a missing permission, say, which does not come by itself
  }
}
