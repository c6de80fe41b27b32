import {
  CLUSTER_WORKFLOW_TEMPLATES,
  CONFIG_MAPS,
  HttpKubeClient,
  WORKFLOW_TEMPLATES,
  listAll,
  loadConnection,
} from "@outrigger/kube";
import type { Connection, Resource } from "@outrigger/kube";
import { CONFIGMAP_TYPE_EXECUTOR_PLUGIN, LABEL_CONFIGMAP_TYPE, configMapParser } from "@outrigger/types";
import type { ConfigMap, Environment, JsonObject, KubeObject } from "@outrigger/types";
import { UserError } from "../user-error.ts";

/** The plugins of all namespaces of the cluster that the kubeconfig names. */
export function readInstalledPlugins(env: Environment): Promise<readonly ConfigMap[]> {
  return ask("plugins", env, async (list) => {
    const labelSelector = `${LABEL_CONFIGMAP_TYPE}=${CONFIGMAP_TYPE_EXECUTOR_PLUGIN}`;
    return (await list(CONFIG_MAPS, labelSelector)).flatMap((item) => {
      const parsed = configMapParser(item, "");
      return parsed.ok ? [parsed.value] : [];
    });
  });
}

export interface InstalledWorkflowTemplates {
  readonly objects: readonly JsonObject[];
  /** Where an object goes that names no namespace. */
  readonly defaultNamespace: string;
}

/** The WorkflowTemplates of all namespaces, and the ClusterWorkflowTemplates, of that cluster. */
export function readInstalledWorkflowTemplates(env: Environment): Promise<InstalledWorkflowTemplates> {
  return ask("WorkflowTemplates", env, async (list, { namespace }) => {
    const lists = await Promise.all([WORKFLOW_TEMPLATES, CLUSTER_WORKFLOW_TEMPLATES].map((resource) => list(resource)));
    return { objects: lists.flat() as unknown as JsonObject[], defaultNamespace: namespace };
  });
}

type List = (resource: Resource, labelSelector?: string) => Promise<readonly KubeObject[]>;

async function ask<T>(
  what: string,
  env: Environment,
  question: (list: List, connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    const connection = await loadConnection({ env });
    const client = new HttpKubeClient({ connection });
    const list: List = async (resource, labelSelector) => {
      const { items } = await listAll(client, resource, labelSelector === undefined ? {} : { labelSelector });
      // Items of a list do not say what they are.
      return items.map((item) => ({ ...item, kind: resource.kind }));
    };
    return await question(list, connection);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`--cluster: the ${what} of the cluster cannot be read: ${reason}`, { cause: error });
  }
}
