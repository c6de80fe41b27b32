import { CLUSTER_WORKFLOW_TEMPLATES, CONFIG_MAPS, WORKFLOW_TEMPLATES, apiVersionOf, listAll } from "@outrigger/kube";
import type { KubeClient, Resource } from "@outrigger/kube";
import { CONFIGMAP_TYPE_EXECUTOR_PLUGIN, LABEL_CONFIGMAP_TYPE, configMapParser } from "@outrigger/types";
import type { ConfigMap, JsonObject, KubeObject } from "@outrigger/types";
import type { Cluster } from "../cluster/connect.ts";

/** The ConfigMaps of plugins: of one namespace, or of all. */
export async function listPluginConfigMaps(client: KubeClient, namespace?: string): Promise<readonly KubeObject[]> {
  const labelSelector = `${LABEL_CONFIGMAP_TYPE}=${CONFIGMAP_TYPE_EXECUTOR_PLUGIN}`;
  return list(client, CONFIG_MAPS, { labelSelector, ...(namespace === undefined ? {} : { namespace }) });
}

/** The plugins of all namespaces, as far as they can be read. */
export async function readInstalledPlugins({ client }: Cluster): Promise<readonly ConfigMap[]> {
  return (await listPluginConfigMaps(client)).flatMap((item) => {
    const parsed = configMapParser(item, "");
    return parsed.ok ? [parsed.value] : [];
  });
}

export interface InstalledWorkflowTemplates {
  readonly objects: readonly JsonObject[];
  /** Where an object goes that names no namespace. */
  readonly defaultNamespace: string;
}

/** The WorkflowTemplates of all namespaces, and the ClusterWorkflowTemplates. */
export async function readInstalledWorkflowTemplates({
  client,
  namespace,
}: Cluster): Promise<InstalledWorkflowTemplates> {
  const lists = await Promise.all(
    [WORKFLOW_TEMPLATES, CLUSTER_WORKFLOW_TEMPLATES].map((resource) => list(client, resource)),
  );
  return { objects: lists.flat() as unknown as JsonObject[], defaultNamespace: namespace };
}

// Items of a list do not say what they are.
async function list(
  client: KubeClient,
  resource: Resource,
  query: { readonly labelSelector?: string; readonly namespace?: string } = {},
): Promise<readonly KubeObject[]> {
  const { items } = await listAll(client, resource, query);
  return items.map((item) => ({ ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }));
}
