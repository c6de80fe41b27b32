import { Informer, PODS, isTransient, sleep, systemClock } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import type { Palette } from "../render/node-tree.ts";
import { agentPodSelector, isAskedFor, readPod, speakingContainers } from "./agent-pods.ts";
import { shownLines } from "./log-lines.ts";
import type { LogChoice } from "./log-lines.ts";

export interface StreamOptions extends LogChoice {
  readonly palette: Palette;
  /** The Workflow. */
  readonly ref: ObjectRef;
  /** Takes whole lines. */
  readonly print: (line: string) => void;
  /** The Workflow has ended: what was said until then is still to come. */
  readonly over: AbortSignal;
  /** Stops at once. */
  readonly signal: AbortSignal;
}

// What was said a moment ago is still under way.
const LAST_WORDS_MS = 500;

/** Shows what the containers of a Workflow's agent pods say, from when they start; also of pods that come later. Answers how many there were. */
export async function streamLogs(client: KubeClient, options: StreamOptions): Promise<number> {
  const { ref, over, signal, container: wanted } = options;
  const stopping = new AbortController();
  const streams = new Map<string, Promise<void>>();
  const { namespace } = ref;
  const informer = new Informer({
    client,
    resource: PODS,
    ...(namespace === undefined ? {} : { namespace }),
    labelSelector: agentPodSelector(ref),
    onError: (error) => {
      if (!isTransient(error)) options.print(`the agent pod cannot be watched: ${messageOf(error)}\n`);
    },
  });
  informer.onChange(({ type, object }) => {
    if (type === "deleted") return;
    const pod = readPod(object);
    for (const container of speakingContainers(pod)) {
      const key = `${pod.metadata.uid ?? ""}/${container}`;
      if (streams.has(key) || !isAskedFor(container, wanted)) continue;
      const source = { namespace: namespace ?? "", name: pod.metadata.name ?? "", container };
      streams.set(key, stream(client, source, { ...options, signal: stopping.signal }));
    }
  });
  informer.start();
  await aborted(AbortSignal.any([over, signal]));
  if (!signal.aborted) await sleep(systemClock, LAST_WORDS_MS, signal).catch(() => {});
  stopping.abort();
  await informer.stop();
  await Promise.all(streams.values());
  return streams.size;
}

interface Source {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

async function stream(client: KubeClient, source: Source, options: StreamOptions): Promise<void> {
  const { print, tailLines, signal } = options;
  const { container, ...pod } = source;
  const log = client.logs(pod, { container, follow: true, signal, ...(tailLines === undefined ? {} : { tailLines }) });
  try {
    for await (const line of shownLines(log, container, options)) print(line);
  } catch (error) {
    print(`the log of ${container} breaks off: ${messageOf(error)}\n`);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
