import { CONFIG_MAPS, HttpKubeClient, listAll, loadConnection } from "@outrigger/kube";
import { CONFIGMAP_TYPE_EXECUTOR_PLUGIN, LABEL_CONFIGMAP_TYPE, configMapParser } from "@outrigger/types";
import type { ConfigMap } from "@outrigger/types";
import { UserError } from "../user-error.ts";

/** The plugins of all namespaces of the cluster that the kubeconfig names. */
export async function readInstalledPlugins(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly ConfigMap[]> {
  try {
    const client = new HttpKubeClient({ connection: await loadConnection({ env }) });
    const labelSelector = `${LABEL_CONFIGMAP_TYPE}=${CONFIGMAP_TYPE_EXECUTOR_PLUGIN}`;
    const { items } = await listAll(client, CONFIG_MAPS, { labelSelector });
    return items.flatMap((item) => {
      const parsed = configMapParser(item, "");
      return parsed.ok ? [parsed.value] : [];
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`--cluster: the plugins of the cluster cannot be read: ${reason}`, { cause: error });
  }
}
