import type { ContainerState, KubeObject } from "@outrigger/types";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmdirSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ReadLogOptions } from "../../src/runtime/logs/read-log.ts";
import type { PodRuntimeOptions } from "../../src/runtime/options.ts";
import { startPodRuntime } from "../../src/runtime/process-runtime.ts";
import type { PodRuntime } from "../../src/runtime/process-runtime.ts";
import { MemoryPodApi } from "./memory-pod-api.ts";

export interface Cluster {
  readonly api: MemoryPodApi;
  readonly runtime: PodRuntime;
  /** Waits for the pod's phase. */
  readonly phase: (pod: string, phase: string) => Promise<void>;
  /** Waits until the container's state is of this kind, and answers it. */
  readonly state: <K extends keyof ContainerState>(
    pod: string,
    container: string,
    kind: K,
  ) => Promise<Exclude<ContainerState[K], undefined | false>>;
  /** Waits until the container writes this. */
  readonly says: (pod: string, container: string, text: string) => Promise<void>;
  readonly log: (pod: string, container: string, options?: ReadLogOptions) => Promise<string>;
}

/** A runtime on an API in memory; both end with the test. */
export async function startCluster(options: Partial<PodRuntimeOptions> = {}): Promise<Cluster> {
  const api = new MemoryPodApi();
  const stateDir = mkdtempSync(join(tmpdir(), "outrigger-test-"));
  const runtime = await startPodRuntime({
    api,
    stateDir,
    kubernetesService: { host: "127.0.0.1", port: 16443 },
    hostEnv: process.env,
    backoff: { initialMs: 20, maxMs: 1_000 },
    ...options,
  });
  onTestFinished(async () => {
    await runtime.stop();
    rmdirSync(stateDir); // fails if the runtime has left anything
  });
  const find = (pod: string, container: string) => {
    const status = api.status(pod);
    const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    return all.find(({ name }) => name === container)?.state;
  };
  return {
    api,
    runtime,
    phase: async (pod, phase) => void (await api.until(() => api.status(pod)?.phase === phase)),
    state: (pod, container, kind) => api.until(() => find(pod, container)?.[kind]),
    says: async (pod, container, text) => {
      await api.until(() => find(pod, container)?.running);
      let seen = "";
      for await (const chunk of runtime.readLog("default", pod, container, { follow: true })) {
        seen += chunk.toString();
        if (seen.includes(text)) return;
      }
      throw new Error(`${container} ended without saying ${text}, but: ${seen}`);
    },
    log: async (pod, container, options) => {
      const chunks: Buffer[] = [];
      for await (const chunk of runtime.readLog("default", pod, container, options)) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    },
  };
}

export interface PodInput {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

export function pod(name: string, { metadata, spec }: PodInput): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", uid: randomUUID(), ...metadata },
    spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 5, ...spec },
  };
}

/** A container that runs a line of shell. */
export function sh(
  name: string,
  script: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { name, image: "busybox", command: ["sh", "-c", script], ...more };
}

/** A pod with one container, `main`, that runs a line of shell. */
export function shellPod(name: string, script: string, more: Readonly<Record<string, unknown>> = {}): KubeObject {
  return pod(name, { spec: { containers: [sh("main", script)], ...more } });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
