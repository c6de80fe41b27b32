import { Informer, WORKFLOWS } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { ALL_AGENT_PODS, isPluginContainer } from "../cluster/agent-pods.ts";
import { streamLogs } from "../cluster/stream-logs.ts";
import { viewOf } from "../follow-workflows.ts";
import type { Palette } from "../render/node-tree.ts";
import type { DevView } from "./dev-view.ts";

const REDRAW_MS = 1_000; // so that the time of a step that runs is seen to pass

/** Shows all Workflows of a cluster, and what plugins say, until it is stopped. */
export function followCluster(client: KubeClient, view: DevView, palette: Palette): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const informer = new Informer({ client, resource: WORKFLOWS });
  const look = (): void => view.update(informer.list().map(viewOf), Date.now());
  informer.onChange(look);
  informer.start();
  const redraw = setInterval(look, REDRAW_MS);
  const { signal } = stopping;
  const print = (line: string): void => view.print(line);
  const which = { pods: ALL_AGENT_PODS, isWanted: isPluginContainer, ofSeveral: true };
  const logs = streamLogs(client, { ...which, palette, print, over: signal, signal });
  return {
    stop: async () => {
      clearInterval(redraw);
      stopping.abort();
      await Promise.all([informer.stop(), logs]);
      view.end();
    },
  };
}
