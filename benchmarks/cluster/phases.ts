import { Informer, WORKFLOWS, WORKFLOW_TASK_SETS, storedStatusParser } from "@outrigger/kube";
import type { ObjectChange } from "@outrigger/kube";
import { LABEL_WORKFLOW, isJsonObject } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { median } from "../quantile.ts";
import type { Target } from "../target.ts";
import { CALLED_AT } from "../workloads.ts";

/** What happens to a Workflow of one step, in this order. */
const MOMENTS = ["created", "agent pod made", "plugin called", "result written", "saved"] as const;
type Moment = (typeof MOMENTS)[number];

/** When what happened to each Workflow of a namespace, as someone sees it who watches. */
export class PhaseWatch implements AsyncDisposable {
  readonly #moments = new Map<string, Partial<Record<Moment, number>>>();
  readonly #informers: readonly Informer[];

  constructor({ client, namespace, pods }: Target) {
    const workflows = new Informer({ client, namespace, resource: WORKFLOWS });
    const taskSets = new Informer({ client, namespace, resource: WORKFLOW_TASK_SETS });
    workflows.onChange((change) => this.#workflowChanged(change));
    taskSets.onChange(({ object }) => {
      if (hasNodes(object)) this.#note(object.metadata.name, "result written");
    });
    pods.onChange(({ object }) => this.#note(object.metadata.labels?.[LABEL_WORKFLOW], "agent pod made"));
    this.#informers = [workflows, taskSets];
  }

  async start(): Promise<void> {
    for (const informer of this.#informers) informer.start();
    await Promise.all(this.#informers.map((informer) => informer.whenSynced()));
  }

  /** The median time from each moment to the next, of the Workflows seen since the last time. */
  take(): Readonly<Record<string, number>> {
    const seen = [...this.#moments.values()].filter((moments) => moments.saved !== undefined);
    this.#moments.clear();
    // Where an agent runs already, no pod is made.
    const happened = MOMENTS.filter((moment) => seen.some((moments) => moments[moment] !== undefined));
    const spans = happened.slice(1).map((moment, index) => {
      const before = happened[index] ?? moment;
      const times = seen.flatMap((moments) => {
        const [from, to] = [moments[before], moments[moment]];
        return from === undefined || to === undefined ? [] : [to - from];
      });
      return [moment, Math.round(median(times))] as const;
    });
    return Object.fromEntries(spans);
  }

  #workflowChanged({ object }: ObjectChange): void {
    const { name } = object.metadata;
    this.#note(name, "created");
    const status = storedStatusParser(object["status"], "status");
    if (!status.ok || status.value.phase !== "Succeeded") return;
    this.#note(name, "saved");
    this.#note(name, "plugin called", Math.min(...callTimes(object)));
  }

  #note(name: string | undefined, moment: Moment, atMs: number = Date.now()): void {
    if (name === undefined) return;
    const moments = this.#moments.get(name) ?? {};
    moments[moment] ??= atMs;
    this.#moments.set(name, moments);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.stop()));
  }
}

function hasNodes({ ["status"]: status }: KubeObject): boolean {
  return isJsonObject(status) && isJsonObject(status["nodes"]) && Object.keys(status["nodes"]).length > 0;
}

/** When the plugin was called for each step. */
export function callTimes({ ["status"]: stored }: KubeObject): readonly number[] {
  const status = storedStatusParser(stored, "status");
  const nodes = status.ok ? Object.values(status.value.nodes ?? {}) : [];
  return nodes.flatMap(({ message = "" }) =>
    message.startsWith(CALLED_AT) ? [Number(message.slice(CALLED_AT.length))] : [],
  );
}
