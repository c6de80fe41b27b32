import type { Outcome } from "@outrigger/engine";
import { WORKFLOWS, hasReason, packStatus, storedWorkflowParser } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { formatIssues, isFulfilled } from "@outrigger/types";
import type { KubeObject, Workflow, WorkflowSpec } from "@outrigger/types";
import { statusOf } from "../follow-workflows.ts";
import { UserError } from "../user-error.ts";

const MAX_TRIES = 10;

/** Changes a Workflow as it is stored. Where somebody else writes it at the same time, the change is made anew of what they wrote. */
export async function changeWorkflow(
  client: KubeClient,
  seen: KubeObject,
  change: (workflow: Workflow) => Outcome<Workflow>,
): Promise<KubeObject> {
  const { name = "", namespace = "" } = seen.metadata;
  let object = seen;
  for (let tries = 1; ; tries += 1) {
    const changed = change(readStored(object));
    if (!changed.ok) throw new UserError(`${name}: ${changed.message}`);
    try {
      return await client.replace(WORKFLOWS, { namespace, name }, stored(object, changed.value));
    } catch (error) {
      if (!hasReason(error, "Conflict") || tries === MAX_TRIES) throw error;
      object = await client.get(WORKFLOWS, { namespace, name });
    }
  }
}

/** A Workflow as the API has it. */
export function readStored(object: KubeObject): Workflow {
  const parsed = storedWorkflowParser(object, "");
  if (parsed.ok) return parsed.value;
  throw new UserError(`${object.metadata.name ?? ""} cannot be read: ${formatIssues(parsed.issues)}`);
}

function stored(object: KubeObject, { metadata, spec, status }: Workflow): KubeObject {
  const changed = { ...object, metadata, spec };
  return status === undefined ? changed : { ...changed, status: packStatus(changed, status) };
}

/** Sets fields of the spec of a Workflow that has not ended. */
export async function steerSpec(
  client: KubeClient,
  workflow: KubeObject,
  spec: Partial<WorkflowSpec>,
): Promise<KubeObject> {
  const { name = "", namespace = "" } = workflow.metadata;
  const { phase } = statusOf(workflow);
  if (isFulfilled(phase)) throw new UserError(`${name}: it has ended: ${phase ?? ""}`);
  return client.patch(WORKFLOWS, { namespace, name }, { type: "merge", body: { spec } });
}
