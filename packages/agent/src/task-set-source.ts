import { Informer, WORKFLOW_TASK_SETS, objectKey } from "@outrigger/kube";
import type { InformerOptions, ObjectRef } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";

export type TaskSetChange =
  | { readonly kind: "seen"; readonly taskSet: KubeObject }
  /** Deleted; or completed, where the watch is of those only that are not: it does not say which of the two. */
  | { readonly kind: "gone"; readonly end: "deleted" | "gone" };

/** Where the agent of one Workflow sees its task set. */
export interface TaskSetSource {
  /** Tells of the task set as it is, then of every change, one after the other. Called once. */
  readonly start: (listener: (change: TaskSetChange) => void) => void;
  /** The agent's own write, as the API answered it: nobody decides against an older picture from now on. */
  readonly noteWritten: (taskSet: KubeObject) => void;
  /** After this nothing is told any more. */
  readonly stop: () => Promise<void>;
}

type Watch = Omit<InformerOptions, "resource" | "labelSelector" | "fieldSelector">;

/** A watch for one task set alone. */
export function watchedTaskSet(watch: Watch, name: string): TaskSetSource {
  const informer = new Informer({ ...watch, resource: WORKFLOW_TASK_SETS, fieldSelector: `metadata.name=${name}` });
  return {
    start(listener) {
      informer.onChange(({ type, object }) =>
        listener(type === "deleted" ? { kind: "gone", end: "deleted" } : { kind: "seen", taskSet: object }),
      );
      informer.start();
    },
    noteWritten: (taskSet) => informer.noteWritten(taskSet),
    stop: () => informer.stop(),
  };
}

/** One watch for many agents. Tells each of its own task set, as long as that is the same object. Does not own the informer. */
export class SharedTaskSets {
  readonly #informer: Informer;
  readonly #listeners = new Map<string, (change: TaskSetChange) => void>();

  constructor(informer: Informer) {
    this.#informer = informer;
    informer.onChange(({ type, object }) => {
      const listener = this.#listeners.get(keyOf(object));
      listener?.(type === "deleted" ? { kind: "gone", end: "gone" } : { kind: "seen", taskSet: object });
    });
  }

  /** For the agent of this task set, as it stands in the cache. */
  sourceOf(taskSet: KubeObject): TaskSetSource {
    const key = keyOf(taskSet);
    const { namespace = "", name = "" } = taskSet.metadata;
    return {
      start: (listener) => {
        this.#listeners.set(key, listener);
        const now = this.#current({ namespace, name }, taskSet.metadata.uid);
        listener(now === undefined ? { kind: "gone", end: "gone" } : { kind: "seen", taskSet: now });
      },
      noteWritten: (written) => this.#informer.noteWritten(written),
      stop: () => {
        this.#listeners.delete(key);
        return Promise.resolve();
      },
    };
  }

  #current(ref: ObjectRef, uid: string | undefined): KubeObject | undefined {
    const current = this.#informer.get(ref);
    return current?.metadata.uid === uid ? current : undefined;
  }
}

// A namesake that takes the place of a deleted one is another object.
function keyOf({ metadata }: KubeObject): string {
  return `${objectKey(metadata)}/${metadata.uid ?? ""}`;
}
