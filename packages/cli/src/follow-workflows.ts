import { Informer, WORKFLOWS, isTransient, storedStatusParser } from "@outrigger/kube";
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

/**
 * Follows Workflows until all have ended or are gone, or the signal says to stop; answers them as they are then, without those that are
 * gone. Rejects when the API refuses to show them.
 */
export async function followWorkflows({
  client,
  refs,
  onChange,
  signal,
}: FollowOptions): Promise<readonly KubeObject[]> {
  const ended = Promise.withResolvers<void>();
  const followed = refs.map((ref) => ({ ref, informer: createInformer(client, ref, ended.reject) }));
  const current = (): readonly KubeObject[] => followed.flatMap(({ ref, informer }) => informer.get(ref) ?? []);
  const look = (): void => {
    onChange(current().map(viewOf));
    if (followed.every(({ ref, informer }) => informer.hasSynced && hasEnded(informer.get(ref)))) ended.resolve();
  };
  signal.addEventListener("abort", () => ended.resolve(), { once: true });
  if (signal.aborted) ended.resolve();
  for (const { informer } of followed) {
    informer.onChange(look);
    informer.start();
    informer.whenSynced().then(look, () => {}); // it may hold nothing, and then tells of no change
  }
  try {
    await ended.promise;
  } finally {
    await Promise.all(followed.map(({ informer }) => informer.stop()));
  }
  return current();
}

function createInformer(
  client: KubeClient,
  { namespace, name }: ObjectRef,
  refuse: (error: unknown) => void,
): Informer {
  return new Informer({
    client,
    resource: WORKFLOWS,
    ...(namespace === undefined ? {} : { namespace }),
    fieldSelector: `metadata.name=${name}`,
    onError: (error) => {
      if (!isTransient(error)) refuse(error);
    },
  });
}

// What is not there any more will not change.
function hasEnded(workflow: KubeObject | undefined): boolean {
  return workflow === undefined || isFulfilled(statusOf(workflow).phase);
}

/** The status as far as it can be read; an unreadable one counts as none yet. */
export function statusOf(workflow: KubeObject): WorkflowStatus {
  const parsed = storedStatusParser(workflow["status"] ?? {}, "status");
  return parsed.ok ? parsed.value : {};
}

export function viewOf(workflow: KubeObject): WorkflowView {
  const { phase, message, startedAt, finishedAt, progress, nodes = {} } = statusOf(workflow);
  return { name: workflow.metadata.name ?? "", phase, message, startedAt, finishedAt, progress, nodes };
}
