/**
 * What keeps a Workflow from going on, in words, for the message of the nodes that wait: a permission that is missing, a pod that
 * the API refuses.
 *
 * Owns: the last such refusal per Workflow. 1. A change that goes through clears it.
 */
export class Problems {
  readonly #byWorkflow = new Map<string, string>();

  of(uid: string): string | undefined {
    return this.#byWorkflow.get(uid);
  }

  /** Answers whether this is news. */
  note(uid: string, problem: string | undefined): boolean {
    if (this.#byWorkflow.get(uid) === problem) return false;
    if (problem === undefined) this.#byWorkflow.delete(uid);
    else this.#byWorkflow.set(uid, problem);
    return true;
  }
}
