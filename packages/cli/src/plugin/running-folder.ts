import { randomBytes } from "node:crypto";
import { callPlugin } from "@outrigger/agent";
import { HttpKubeClient, PODS, SECRETS, hasReason, sleep, systemClock } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { startLocalCluster, startPodRuntime } from "@outrigger/local";
import type { InProcessMain } from "@outrigger/local";
import { TOKEN_PATH, podParser } from "@outrigger/types";
import type { ContainerState, ContainerStateWaiting, Environment, KubeObject, PluginContainer } from "@outrigger/types";
import { dirname } from "node:path";
import { applyObject } from "../apply-object.ts";
import { UserError } from "../user-error.ts";
import type { PluginFolder } from "./folder.ts";
import { localCommandOf } from "./local-command.ts";

/** A plugin of a folder that runs on this machine, as it would in an agent pod. */
export interface RunningFolder {
  /** Where its first port is to be reached. */
  readonly url: string;
  readonly token: string;
  /** SIGTERM; false if it had to be killed. */
  readonly stop: () => Promise<boolean>;
  /** Ends all that was started. */
  readonly end: () => Promise<void>;
}

export interface StartFolderOptions {
  /** The environment of this process; the plugin sees an allow-list of it. */
  readonly hostEnv: Environment;
  /** Secrets and ConfigMaps that its container refers to. */
  readonly needed: readonly KubeObject[];
  readonly signal: AbortSignal;
  /** Tells people what is waited for. */
  readonly note: (text: string) => void;
}

const POD = { namespace: "default", name: "plugin" };
// Stands in for the agent: it shares the pod with the plugin, and only it is told which port the plugin got.
const CALLER_IMAGE = "outrigger.local/caller";
const TOKEN_BYTES = 24;
const STOP_SECONDS = 10;
// Go and Java compile first.
const START_MS = 60_000;
const SLOW_MS = 3_000;
const LOOK_AGAIN_MS = 20;

/** Starts a plugin's own command, with a token where it looks for one. Resolves when it listens, or might have for a minute. */
export async function startFolder(
  folder: PluginFolder,
  { hostEnv, needed, signal, note }: StartFolderOptions,
): Promise<RunningFolder> {
  const { container } = folder.plugin.spec.sidecar;
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const address = Promise.withResolvers<(url: string) => string>();
  const cluster = await startLocalCluster({
    startPodRuntime: (context) =>
      startPodRuntime({
        ...context,
        hostEnv,
        inProcess: { [CALLER_IMAGE]: callerImage(address.resolve) },
        localCommand: (_pod, name) => (name === container.name ? localCommandOf(folder) : undefined),
      }),
  });
  const client = new HttpKubeClient({ connection: cluster.connection() });
  const end = async (): Promise<void> => {
    client.close();
    await cluster.stop();
  };
  try {
    for (const object of needed) await applyObject(client, inNamespace(object));
    await createPod(client, container, token);
    const dial = await address.promise;
    const port = firstPort(container);
    const slow = setTimeout(() => note(`waiting for the plugin to listen on port ${port}…`), SLOW_MS);
    const url = await listening({ client, container, signal, url: () => dial(`http://127.0.0.1:${port}`) }).finally(
      () => clearTimeout(slow),
    );
    return { url, token, stop: () => stopPod(client), end };
  } catch (error) {
    await end();
    throw error;
  }
}

function inNamespace(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace: POD.namespace } };
}

function callerImage(tell: (address: (url: string) => string) => void): InProcessMain {
  return async ({ address, signal }) => {
    tell(address);
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    return 0;
  };
}

async function createPod(client: KubeClient, container: PluginContainer, token: string): Promise<void> {
  const { namespace } = POD;
  const metadata = { ...POD };
  const volume = "var-run-argo";
  const mount = { name: volume, mountPath: dirname(TOKEN_PATH), readOnly: true };
  await client.create(SECRETS, namespace, { apiVersion: "v1", kind: "Secret", metadata, stringData: { token } });
  await client.create(PODS, namespace, {
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: {
      restartPolicy: "Never",
      volumes: [{ name: volume, secret: { secretName: POD.name } }],
      containers: [
        { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] },
        { name: "caller", image: CALLER_IMAGE },
      ],
    },
  });
}

interface Awaited {
  readonly client: KubeClient;
  readonly container: PluginContainer;
  readonly signal: AbortSignal;
  /** Leads nowhere while the container does not run. */
  readonly url: () => string;
}

async function listening({ client, container, signal, url }: Awaited): Promise<string> {
  for (const endMs = Date.now() + START_MS; ; await sleep(systemClock, LOOK_AGAIN_MS, signal)) {
    const state = await stateOf(client, container.name);
    if (state.waiting?.message !== undefined) throw new UserError(cannotStart(state.waiting));
    if (state.terminated !== undefined) {
      const lastWords = await logOf(client, container.name);
      throw new UserError(`the plugin has ended with exit code ${state.terminated.exitCode}${lastWords}`);
    }
    if (state.running === undefined) continue;
    if ((await listens(url(), signal)) || Date.now() > endMs) return url();
  }
}

async function stateOf(client: KubeClient, name: string): Promise<ContainerState> {
  const pod = podParser(await client.get(PODS, POD), "");
  const status = pod.ok ? pod.value.status?.containerStatuses?.find((each) => each.name === name) : undefined;
  return status?.state ?? {};
}

function cannotStart({ reason = "", message = "" }: ContainerStateWaiting): string {
  const hint = message.includes("not found")
    ? " (--with names files with the Secrets and ConfigMaps that it needs)"
    : "";
  return `the plugin cannot be started: ${reason}: ${message}${hint}`;
}

async function listens(url: string, signal: AbortSignal): Promise<boolean> {
  const call = {
    method: "GET",
    url: `${url}/`,
    headers: {},
    timeoutMs: 1_000,
    maxAnswerBytes: 1_024,
    clock: systemClock,
  };
  return (await callPlugin({ ...call, signal })).kind !== "refused";
}

async function logOf(client: KubeClient, container: string): Promise<string> {
  let text = "";
  for await (const chunk of client.logs(POD, { container, tailLines: 10 })) text += chunk;
  return text === "" ? "" : `\n${text.trimEnd()}`;
}

async function stopPod(client: KubeClient): Promise<boolean> {
  const startMs = Date.now();
  await client.delete(PODS, POD, { gracePeriodSeconds: STOP_SECONDS });
  while (await exists(client)) await sleep(systemClock, LOOK_AGAIN_MS);
  return Date.now() - startMs < STOP_SECONDS * 1_000;
}

async function exists(client: KubeClient): Promise<boolean> {
  try {
    await client.get(PODS, POD);
    return true;
  } catch (error) {
    if (hasReason(error, "NotFound")) return false;
    throw error;
  }
}

function firstPort({ ports }: PluginContainer): number {
  return ports[0]?.containerPort ?? 0;
}
