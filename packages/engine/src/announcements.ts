import { isFulfilled } from "@outrigger/types";
import type { NodeId, Template, WorkflowTaskSet } from "@outrigger/types";
import { failed, succeeded } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { own } from "./own.ts";

// A task set with all its results has to stay below the 1.5 MiB that etcd takes: a third is for tasks, the rest for results.
const MAX_TASKS_BYTES = 512 * 1024;

/**
 * What the agent is told in a pass, and whether it may be told of more: a large Workflow's calls go to it in waves, since each write of a
 * task set costs as much as is in it.
 *
 * Owns: the tasks that the log lacks. Does not own: who waits for room, and what is said about that.
 * 1. Of tasks that are not answered there are at most `maxOpenTasks`. The next wave comes when half of them are: not one with each answer.
 * 2. Answered tasks and their results take up bytes until the Workflow is saved; they count for these.
 * 3. How much room there is depends on the log alone, so that a pass over what a pass has left adds nothing.
 */
export class Announcements {
  readonly #taskSet: WorkflowTaskSet | undefined;
  readonly #maxOpenTasks: number;
  readonly #tasks = new Map<NodeId, Template>();
  #answeredBytes: number | undefined;
  #room: { tasks: number; bytes: number } | undefined;

  constructor(taskSet: WorkflowTaskSet | undefined, maxOpenTasks: number) {
    this.#taskSet = taskSet;
    this.#maxOpenTasks = maxOpenTasks;
  }

  get tasks(): ReadonlyMap<NodeId, Template> {
    return this.#tasks;
  }

  /** No new call may begin in this pass. */
  get isFull(): boolean {
    const { tasks, bytes } = this.#measured();
    return tasks <= 0 || bytes <= 0;
  }

  /** Why a call waits while there is no room. */
  get obstacle(): string {
    return `waits for its turn: the agent is told of ${this.#maxOpenTasks} calls at most, and ${MAX_TASKS_BYTES / 1024} KiB, at a time`;
  }

  /** What is answered fills the log: the agent may have to wait with further results until the Workflow is saved. */
  get isFilled(): boolean {
    return this.#bytesOfResults() > MAX_TASKS_BYTES;
  }

  /** A task that the log lacks. */
  add(id: NodeId, task: Template): Outcome<Template> {
    const room = this.#measured();
    const sizeBytes = sizeOf(task);
    if (sizeBytes > MAX_TASKS_BYTES) {
      return failed(
        `its task takes ${sizeBytes} bytes, and ${MAX_TASKS_BYTES} are the most: what is this large is better passed on by name`,
      );
    }
    room.tasks -= 1;
    room.bytes -= sizeBytes;
    this.#tasks.set(id, task);
    return succeeded(task);
  }

  /** A task that the log has in another form. */
  replace(id: NodeId, task: Template): void {
    this.#tasks.set(id, task);
  }

  #measured(): { tasks: number; bytes: number } {
    this.#room ??= this.#measure();
    return this.#room;
  }

  #measure(): { tasks: number; bytes: number } {
    const tasks = this.#taskSet?.spec.tasks ?? {};
    const results = this.#taskSet?.status.nodes ?? {};
    const ids = Object.keys(tasks);
    const open = ids.filter((id) => !isFulfilled(own(results, id as NodeId)?.phase)).length;
    if (open > this.#maxOpenTasks / 2) return { tasks: 0, bytes: 0 }; // 1
    const bytes = MAX_TASKS_BYTES - (ids.length === 0 ? 0 : sizeOf(tasks) + this.#bytesOfResults()); // 2
    return { tasks: this.#maxOpenTasks - open, bytes };
  }

  #bytesOfResults(): number {
    this.#answeredBytes ??= sizeOf(this.#taskSet?.status.nodes ?? {});
    return this.#answeredBytes;
  }
}

const utf8 = new TextEncoder();
const MAX_BYTES_PER_UNIT = 3;

// Small ones are estimated by their characters: encoding costs more than all else that is done here.
function sizeOf(value: object): number {
  const text = JSON.stringify(value);
  return text.length * MAX_BYTES_PER_UNIT < MAX_TASKS_BYTES / 2 ? text.length : utf8.encode(text).length;
}
