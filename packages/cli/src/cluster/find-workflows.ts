import { WORKFLOWS, hasReason, listAll } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { UserError } from "../user-error.ts";
import type { Cluster } from "./connect.ts";

/** Which Workflows are meant. */
export interface WorkflowSelection {
  /** As people write them: `hello`, `@latest`, `workflow.argoproj.io/hello`. */
  readonly names: readonly string[];
  readonly selector?: string | undefined;
}

/** Stands for the Workflow that was created last. */
export const LATEST = "@latest";

/** Those that are named or selected; in the order in which they are named. */
export async function findWorkflows(
  cluster: Cluster,
  { names, selector }: WorkflowSelection,
): Promise<readonly KubeObject[]> {
  if (names.length > 0 && selector !== undefined)
    throw new UserError("name Workflows or select them with -l, not both");
  if (selector !== undefined)
    return listWorkflows(cluster.client, { namespace: cluster.namespace, labelSelector: selector });
  if (names.length === 0) throw new UserError(`name a Workflow, such as ${LATEST}, or select some with -l`);
  const found: KubeObject[] = [];
  for (const name of names) found.push(await findWorkflow(cluster, name));
  return found;
}

/** The one of this name. */
export async function findWorkflow({ client, namespace }: Cluster, name: string): Promise<KubeObject> {
  if (name === LATEST) return latest(await listWorkflows(client, { namespace }), namespace);
  try {
    return await client.get(WORKFLOWS, { namespace, name: plainName(name) });
  } catch (error) {
    if (!hasReason(error, "NotFound") || !error.message.includes(name)) throw error;
    throw new UserError(
      `there is no Workflow ${plainName(name)} in namespace ${namespace}: outrigger list -n ${namespace} shows those there are`,
      { cause: error },
    );
  }
}

export interface WorkflowQuery {
  /** All namespaces if left out. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal;
}

export async function listWorkflows(client: KubeClient, query: WorkflowQuery): Promise<readonly KubeObject[]> {
  const { items } = await listAll(client, WORKFLOWS, query);
  // Items of a list do not say what they are.
  return items.map((item) => ({ apiVersion: "argoproj.io/v1alpha1", kind: WORKFLOWS.kind, ...item }));
}

/** Whoever is youngest comes first. */
export function youngestFirst(workflows: readonly KubeObject[]): readonly KubeObject[] {
  return workflows
    .map((workflow) => ({ workflow, ...birthOf(workflow) }))
    .toSorted((a, b) => b.createdMs - a.createdMs || b.startedMs - a.startedMs)
    .map(({ workflow }) => workflow);
}

// Creation is told by the second, the start more exactly. What has not started is younger than all that have.
function birthOf({ metadata, status }: KubeObject): { readonly createdMs: number; readonly startedMs: number } {
  const startedAt = isJsonObject(status) ? status["startedAt"] : undefined;
  return {
    createdMs: Date.parse(metadata.creationTimestamp ?? "") || 0,
    startedMs: typeof startedAt === "string" ? Date.parse(startedAt) || 0 : Number.MAX_SAFE_INTEGER,
  };
}

export function refOf({ metadata }: KubeObject): ObjectRef {
  const { name = "", namespace = "" } = metadata;
  return { namespace, name };
}

function latest(workflows: readonly KubeObject[], namespace: string): KubeObject {
  const [youngest] = youngestFirst(workflows);
  if (youngest !== undefined) return youngest;
  throw new UserError(`${LATEST}: there is no Workflow in namespace ${namespace}`);
}

// As kubectl and -o name write it.
function plainName(name: string): string {
  return name.replace(/^(workflows?|wf)(\.argoproj\.io)?\//, "");
}
