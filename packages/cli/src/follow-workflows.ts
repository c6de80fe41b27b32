import { Informer, WORKFLOWS, storedStatusParser } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import { isFulfilled } from "@outrigger/types";
import type { KubeObject, WorkflowStatus } from "@outrigger/types";
import type { WorkflowView } from "./render/node-tree.ts";

export interface FollowOptions {
  readonly client: KubeClient;
  readonly refs: readonly ObjectRef[];
  /** Called with all of them whenever one changes. */
  readonly onChange: (views: readonly WorkflowView[]) => void;
  readonly signal: AbortSignal;
}

/** Follows Workflows until all have ended, or the signal says to stop; answers them as they are then. */
export async function followWorkflows(options: FollowOptions): Promise<readonly KubeObject[]> {
  const { client, refs, onChange, signal } = options;
  const informers = [...new Set(refs.map(({ namespace = "" }) => namespace))].map(
    (namespace) => new Informer({ client, resource: WORKFLOWS, namespace }),
  );
  const current = (): readonly KubeObject[] =>
    refs.flatMap((ref) => informers.map((informer) => informer.get(ref)).find((found) => found !== undefined) ?? []);
  const ended = Promise.withResolvers<void>();
  const look = (): void => {
    const workflows = current();
    onChange(workflows.map(viewOf));
    if (workflows.length === refs.length && workflows.every((workflow) => isFulfilled(statusOf(workflow).phase))) {
      ended.resolve();
    }
  };
  signal.addEventListener("abort", () => ended.resolve(), { once: true });
  for (const informer of informers) {
    informer.onChange(look);
    informer.start();
  }
  if (signal.aborted) ended.resolve();
  await ended.promise;
  await Promise.all(informers.map((informer) => informer.stop()));
  return current();
}

/** The status as far as it can be read; an unreadable one counts as none yet. */
export function statusOf(workflow: KubeObject): WorkflowStatus {
  const parsed = storedStatusParser(workflow["status"] ?? {}, "status");
  return parsed.ok ? parsed.value : {};
}

export function viewOf(workflow: KubeObject): WorkflowView {
  const { phase, message, startedAt, finishedAt, nodes } = statusOf(workflow);
  return { name: workflow.metadata.name ?? "", phase, message, startedAt, finishedAt, nodes: nodes ?? {} };
}
