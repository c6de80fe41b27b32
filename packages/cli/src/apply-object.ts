import {
  CLUSTER_WORKFLOW_TEMPLATES,
  CONFIG_MAPS,
  NAMESPACES,
  PODS,
  SECRETS,
  SERVICE_ACCOUNTS,
  WORKFLOW_TEMPLATES,
  hasReason,
} from "@outrigger/kube";
import type { KubeClient, Resource } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { UserError } from "./user-error.ts";

const KINDS: ReadonlyMap<string, Resource> = new Map(
  [CLUSTER_WORKFLOW_TEMPLATES, CONFIG_MAPS, NAMESPACES, PODS, SECRETS, SERVICE_ACCOUNTS, WORKFLOW_TEMPLATES].map(
    (resource) => [resource.kind, resource],
  ),
);

/** Creates an object, or brings the one that is there to the same state; a namespace that is missing is made first. */
export async function applyObject(client: KubeClient, object: KubeObject): Promise<void> {
  const resource = KINDS.get(object.kind ?? "");
  if (resource === undefined) {
    const known = [...KINDS.keys()].join(", ");
    throw new UserError(
      `${object.kind ?? "an object without kind"}: cannot be applied here (known beside Workflow: ${known})`,
    );
  }
  const { name = "", namespace = "default" } = object.metadata;
  if (resource.namespaced) await ensureNamespace(client, namespace);
  await createOrUpdate(client, resource, {
    ...object,
    metadata: { ...object.metadata, ...(resource.namespaced ? { namespace } : {}), name },
  });
}

export function ensureNamespace(client: KubeClient, name: string): Promise<void> {
  return ignoreExisting(
    client.create(NAMESPACES, undefined, { apiVersion: "v1", kind: NAMESPACES.kind, metadata: { name } }),
  );
}

export function ensureServiceAccount(client: KubeClient, namespace: string, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: SERVICE_ACCOUNTS.kind, metadata: { name, namespace } };
  return ignoreExisting(client.create(SERVICE_ACCOUNTS, namespace, body));
}

async function createOrUpdate(client: KubeClient, resource: Resource, object: KubeObject): Promise<void> {
  const { namespace, name = "" } = object.metadata;
  try {
    await client.create(resource, namespace, object);
  } catch (error) {
    if (!hasReason(error, "AlreadyExists")) throw error;
    const ref = namespace === undefined ? { name } : { namespace, name };
    await client.patch(resource, ref, { type: "merge", body: object });
  }
}

async function ignoreExisting(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!hasReason(error, "AlreadyExists")) throw error;
  }
}
