// What a step of a chain costs at least: someone announces a task, someone else sees it and answers, the first sees the answer.
// Nothing is decided, no plugin is called, no Workflow is kept.
import { HttpKubeClient, WORKFLOW_TASK_SETS } from "@outrigger/kube";
import type { Connection, KubeClient, ObjectRef } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { part } from "./part.ts";

const TEMPLATE = { name: "leaf", inputs: { parameters: [{ name: "v", value: "x" }] }, plugin: { bench: { v: "x" } } };
const ANSWER = { phase: "Succeeded", outputs: { parameters: [{ name: "v", value: "x" }] } };
const NAME = "chain-floor";

/** Milliseconds a step. */
export async function chainFloorMs(connection: Connection, namespace: string, steps: number): Promise<number> {
  const [announcer, answerer] = ["announcer", "answerer"].map(
    (name) => new HttpKubeClient({ connection, userAgent: `outrigger-bench-${name}` }),
  ) as [HttpKubeClient, HttpKubeClient];
  const ref = { namespace, name: NAME };
  const body = { apiVersion: "argoproj.io/v1alpha1", kind: "WorkflowTaskSet", metadata: { name: NAME }, spec: {} };
  await announcer.create(WORKFLOW_TASK_SETS, namespace, body);
  const stop = new AbortController();
  try {
    void answerAll(answerer, ref, stop.signal);
    return await announceAll(announcer, ref, steps);
  } finally {
    stop.abort();
    await announcer.delete(WORKFLOW_TASK_SETS, ref);
    announcer.close();
    answerer.close();
  }
}

/** Announces a step, takes out the one before it, and waits for the answer. */
async function announceAll(client: KubeClient, ref: ObjectRef, steps: number): Promise<number> {
  const stop = new AbortController();
  const announce = (step: number): Promise<unknown> => {
    const tasks = { [id(step)]: TEMPLATE, ...(step === 0 ? {} : { [id(step - 1)]: null }) };
    return client.patch(WORKFLOW_TASK_SETS, ref, { type: "merge", body: { spec: { tasks } } });
  };
  const began = performance.now();
  let step = 0;
  void announce(step);
  for await (const taskSet of changes(client, ref, stop.signal)) {
    if (part(part(taskSet["status"])["nodes"])[id(step)] === undefined) continue;
    step += 1;
    if (step === steps) break;
    void announce(step);
  }
  stop.abort();
  return Math.round((10 * (performance.now() - began)) / steps) / 10;
}

async function answerAll(client: KubeClient, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  const answered = new Set<string>();
  for await (const taskSet of changes(client, ref, signal)) {
    for (const task of Object.keys(part(part(taskSet["spec"])["tasks"]))) {
      if (answered.has(task)) continue;
      answered.add(task);
      const nodes = { [task]: ANSWER, ...(answered.size < 2 ? {} : { [id(answered.size - 2)]: null }) };
      void client.patch(
        WORKFLOW_TASK_SETS,
        ref,
        { type: "merge", body: { status: { nodes } } },
        { subresource: "status" },
      );
    }
  }
}

async function* changes(
  client: KubeClient,
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): AsyncIterable<KubeObject> {
  const events = client.watch(WORKFLOW_TASK_SETS, {
    ...(namespace === undefined ? {} : { namespace }),
    fieldSelector: `metadata.name=${name}`,
    signal,
  });
  for await (const event of events) if (event.type !== "BOOKMARK") yield event.object;
}

function id(step: number): string {
  return `${NAME}-${step}`;
}
