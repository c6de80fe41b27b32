import { Informer, PODS, isTransient, sleep, systemClock } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import type { Palette } from "../render/node-tree.ts";
import { readPod, speakingContainers } from "./agent-pods.ts";
import { shownLines } from "./log-lines.ts";
import type { LogChoice } from "./log-lines.ts";

export interface StreamOptions extends LogChoice {
  readonly palette: Palette;
  readonly pods: PodSelection;
  /** Which containers. */
  readonly isWanted: (container: string) => boolean;
  /** Takes whole lines. */
  readonly print: (line: string) => void;
  /** It is over: what was said until then is still to come. */
  readonly over: AbortSignal;
  /** Stops at once. */
  readonly signal: AbortSignal;
}

/** Agent pods: those of a Workflow, or all. */
export interface PodSelection {
  readonly namespace?: string;
  readonly labelSelector: string;
}

// What was said a moment ago is still under way.
const LAST_WORDS_MS = 500;

/** Shows what containers of agent pods say, from when they start; also of pods that come later. Answers how many there were. */
export async function streamLogs(client: KubeClient, options: StreamOptions): Promise<number> {
  const { pods, over, signal, isWanted } = options;
  const stopping = new AbortController();
  const streams = new Map<string, Promise<void>>();
  const informer = new Informer({
    client,
    resource: PODS,
    ...pods,
    onError: (error) => {
      if (!isTransient(error)) options.print(`the agent pod cannot be watched: ${messageOf(error)}\n`);
    },
  });
  informer.onChange(({ type, object }) => {
    if (type === "deleted") return;
    const pod = readPod(object);
    for (const container of speakingContainers(pod)) {
      const key = `${pod.metadata.uid ?? ""}/${container}`;
      if (streams.has(key) || !isWanted(container)) continue;
      const { namespace = "", name = "" } = pod.metadata;
      const source = { namespace, name, container };
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
