import type { ObjectRef } from "@outrigger/kube";
import { COMPONENT_AGENT, LABEL_COMPONENT, LABEL_WORKFLOW, pluginNameOf, podParser } from "@outrigger/types";
import type { ContainerStatus, KubeObject, Pod } from "@outrigger/types";

const ALL = `${LABEL_COMPONENT}=${COMPONENT_AGENT}`;

/** The agent pods of all Workflows. */
export const ALL_AGENT_PODS = { labelSelector: ALL };

/** The agent pods of a Workflow. */
export function agentPodsOf({ namespace, name }: ObjectRef): {
  readonly namespace?: string;
  readonly labelSelector: string;
} {
  const labelSelector = `${LABEL_WORKFLOW}=${name},${ALL}`;
  return namespace === undefined ? { labelSelector } : { namespace, labelSelector };
}

export function readPod(object: KubeObject): Pod {
  const parsed = podParser(object, "");
  return parsed.ok ? parsed.value : { metadata: object.metadata };
}

/** Containers of a pod that have said something, or may: they run, or have ended. */
export function speakingContainers({ status }: Pod): readonly string[] {
  const { containerStatuses = [] } = status ?? {};
  return containerStatuses.filter(({ state, lastState }) => hasRun({ state, lastState })).map(({ name }) => name);
}

function hasRun({
  state,
  lastState,
}: { readonly [K in "state" | "lastState"]: ContainerStatus[K] | undefined }): boolean {
  return [state?.running, state?.terminated, lastState?.terminated].some((run) => run !== undefined);
}

const AGENT_CONTAINER = "main";

/** Whether a container is the one that is asked for, under either name; any is, if none is. */
export function isAskedFor(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name === wanted || shownContainer(name) === wanted;
}

/** Whether it is a plugin's. */
export function isPluginContainer(name: string): boolean {
  return name !== AGENT_CONTAINER;
}

/** A container as people know it: `hello`, `agent`. */
export function shownContainer(name: string): string {
  return name === AGENT_CONTAINER ? "agent" : pluginNameOf(name);
}
