// What the pod itself takes: one of the same containers, images and limits, whose programs say when they were started, and no more.
import { PODS, WORKFLOWS } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { median } from "../quantile.ts";
import type { Target } from "../target.ts";
import { until } from "../until.ts";
import { chain } from "../workloads.ts";

const PODS_MADE = 5;
const NAME = "pod-floor";
const SAY_WHEN = "console.log(Math.round(Date.now() - process.uptime() * 1000)); setInterval(() => {}, 1e9)";

/** Median milliseconds from the pod's creation until its last container runs. */
export async function podFloor(target: Target): Promise<Readonly<Record<string, number>>> {
  const spec = await agentPodSpec(target);
  const times: number[] = [];
  for (let made = 0; made < PODS_MADE; made += 1) times.push(await startOne(target, spec));
  return { started: median(times) };
}

/** The spec of an agent pod, with programs that do nothing. */
async function agentPodSpec({ client, namespace, pods }: Target): Promise<JsonObject> {
  const { metadata } = await client.create(WORKFLOWS, namespace, {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { generateName: "bench-" },
    spec: chain(1, 1).spec,
  });
  await until(pods, () => pods.size > 0);
  const spec = pods.list()[0]?.["spec"];
  if (!isJsonObject(spec)) throw new Error("an agent pod without a spec");
  await client.delete(WORKFLOWS, { namespace, name: metadata.name ?? "" });
  await until(pods, () => pods.size === 0);
  const { nodeName: _nodeName, ...rest } = spec;
  return {
    ...rest,
    terminationGracePeriodSeconds: 0,
    initContainers: containers(spec["initContainers"], ["node", "-e", "0"]),
    containers: containers(spec["containers"], ["node", "-e", SAY_WHEN]),
  };
}

function containers(list: JsonValue | undefined, command: readonly string[]): JsonObject[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isJsonObject).map(({ args: _args, ...container }) => ({ ...container, command: [...command] }));
}

async function startOne({ client, namespace, pods }: Target, spec: JsonObject): Promise<number> {
  const ref = { namespace, name: NAME };
  const labels = { "workflows.argoproj.io/workflow": NAME };
  const beganMs = Date.now();
  await client.create(PODS, namespace, { apiVersion: "v1", kind: "Pod", metadata: { name: NAME, labels }, spec });
  await until(pods, () => pods.list().some(isRunning));
  const started = await Promise.all(names(spec).map((container) => saidWhen(client, ref, container)));
  await client.delete(PODS, ref);
  await until(pods, () => pods.size === 0);
  return Math.max(...started) - beganMs;
}

function isRunning({ ["status"]: status }: KubeObject): boolean {
  return isJsonObject(status) && status["phase"] === "Running";
}

function names({ containers: list }: JsonObject): readonly string[] {
  return Array.isArray(list)
    ? list.filter(isJsonObject).flatMap(({ name }) => (typeof name === "string" ? [name] : []))
    : [];
}

async function saidWhen(client: KubeClient, ref: ObjectRef, container: string): Promise<number> {
  let text = "";
  for await (const chunk of client.logs(ref, { container, follow: true })) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return Number(text);
}
