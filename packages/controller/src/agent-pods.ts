import { Informer, PODS } from "@outrigger/kube";
import type { InformerOptions } from "@outrigger/kube";
import { COMPONENT_AGENT, LABEL_COMPONENT, LABEL_WARM_POOL, LABEL_WORKFLOW, instanceSelector } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";

/** All agent pods: by the Workflow that they serve, or by what they wait for. */
export type AgentPods = Informer<"workflow" | "waiting">;

export function agentPodsInformer(
  options: Omit<InformerOptions, "resource" | "labelSelector" | "indexes">,
  instanceId: string | undefined,
): AgentPods {
  return new Informer({
    ...options,
    resource: PODS,
    labelSelector: `${LABEL_COMPONENT}=${COMPONENT_AGENT},${instanceSelector(instanceId)}`,
    indexes: {
      workflow: (pod) => {
        const key = workflowKeyOfPod(pod);
        return key === undefined ? [] : [key];
      },
      waiting: (pod) =>
        isWaiting(pod) ? [waitingKey(pod.metadata.namespace, pod.metadata.labels?.[LABEL_WARM_POOL])] : [],
    },
  });
}

/** `namespace/name` of the Workflow that a pod serves; undefined while it waits for one. */
export function workflowKeyOfPod({ metadata }: KubeObject): string | undefined {
  const workflow = metadata.labels?.[LABEL_WORKFLOW];
  return workflow === undefined ? undefined : `${metadata.namespace ?? ""}/${workflow}`;
}

/** Made before there was a Workflow for it, and none has come yet. */
export function isWaiting({ metadata }: KubeObject): boolean {
  return metadata.labels?.[LABEL_WARM_POOL] !== undefined && metadata.labels[LABEL_WORKFLOW] === undefined;
}

export function waitingKey(namespace = "", key = ""): string {
  return `${namespace}/${key}`;
}
