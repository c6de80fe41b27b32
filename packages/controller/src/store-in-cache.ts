import type { StoreInCache } from "@outrigger/engine";
import { CONFIG_MAPS, hasReason, isTransient } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import { CONFIGMAP_TYPE_CACHE, LABEL_CONFIGMAP_TYPE } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import type { ApplyContext, Subject } from "./apply-changes.ts";

/**
 * Writes what was memoized into its ConfigMap. A cache that cannot be written (a missing permission, a ConfigMap that is full) costs
 * later runs their time; it is no reason to hold this one up.
 */
export async function storeInCache(
  change: StoreInCache,
  { workflow, namespace }: Subject,
  context: ApplyContext,
): Promise<void> {
  try {
    context.configMaps.noteWritten(await write(change, namespace, context));
  } catch (error) {
    if (!(error instanceof Error) || isTransient(error)) throw error;
    await context.events.record(workflow, {
      type: "Warning",
      reason: "MemoizationFailed",
      message: `ConfigMap ${change.configMap}: outputs are not remembered: ${errorText(error)}`,
    });
  }
}

async function write(
  { configMap: name, entries }: StoreInCache,
  namespace: string,
  { client, configMaps }: ApplyContext,
): Promise<KubeObject> {
  const patch = (): Promise<KubeObject> =>
    client.patch(CONFIG_MAPS, { namespace, name }, { type: "merge", body: { data: entries } });
  if (configMaps.get({ namespace, name }) !== undefined) return patch();
  const metadata = { name, namespace, labels: { [LABEL_CONFIGMAP_TYPE]: CONFIGMAP_TYPE_CACHE } };
  try {
    return await client.create(CONFIG_MAPS, namespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: entries,
    });
  } catch (error) {
    if (!hasReason(error, "AlreadyExists")) throw error;
    return patch();
  }
}
