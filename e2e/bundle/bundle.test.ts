import { existsSync, globSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PODS } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import { bundleProcess } from "../../tools/bundle-process.ts";
import { ROOT } from "../support/cli.ts";
import { System } from "../support/system.ts";

// A busy machine is slower than a quiet one: the time is printed, and only a multiple of the limit is a failure.
const SLACK = 4;
const ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

describe.runIf(existsSync("/proc"))("the bundled processes, as pods (skipped where there is no /proc)", () => {
  let folder: string;
  let system: System;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "outrigger-bundle-"));
    const bundle = (name: string): Promise<void> =>
      bundleProcess(join(ROOT, `packages/${name}/src/main.ts`), join(folder, name));
    [system] = await Promise.all([System.start(), bundle("controller"), bundle("agent")]);
  });
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a bundle as a pod does in a cluster, with the token of its service account, until it says that it works. */
  const start = async (
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<number> => {
    const startedAt = performance.now();
    await system.session.client.create(PODS, "default", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: {
        containers: [
          {
            name: "main",
            image: "bundle",
            command: ["node", join(folder, name, "main.mjs"), ...args],
            env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
            volumeMounts: [{ name: "token", mountPath: ACCOUNT_FOLDER, readOnly: true }],
          },
        ],
        volumes: [
          {
            name: "token",
            projected: {
              sources: [
                { serviceAccountToken: { path: "token" } },
                { configMap: { name: "kube-root-ca.crt" } },
                { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
              ],
            },
          },
        ],
      },
    });
    await logged(name, "started");
    return Math.round(performance.now() - startedAt);
  };

  const logged = async (name: string, words: string): Promise<void> => {
    let text = "";
    const ref = { namespace: "default", name };
    await vi.waitUntil(
      async () => {
        const log = await readLog(system.session.client, ref).catch(() => ""); // the pod has not started yet
        text = log === "" ? text : log;
        return text.includes(words);
      },
      { timeout: 10_000, interval: 5 },
    );
  };

  const measured = async (name: string, startMs: number): Promise<{ startMs: number; idleMiB: number }> => {
    const idleMiB = await idleMemoryMiB(join(folder, name));
    const bytes = globSync(join(folder, name, "*.mjs")).reduce((sum, file) => sum + statSync(file).size, 0);
    process.stdout.write(`${name}: started in ${startMs} ms, ${idleMiB} MiB idle, ${Math.round(bytes / 1024)} KiB\n`);
    return { startMs, idleMiB };
  };

  it("controller: starts in 300 ms and idles below 90 MiB", async () => {
    const env = { ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_HTTP_ADDRESS: "127.0.0.1:0" };
    const { startMs, idleMiB } = await measured("controller", await start("controller", [], env));
    expect(idleMiB).toBeLessThan(90);
    expect(startMs).toBeLessThan(300 * SLACK);
  });

  it("agent: starts in 300 ms and idles below 70 MiB", async () => {
    const none = { ARGO_PLUGIN_NAMES: "[]", ARGO_PLUGIN_ADDRESSES: "[]" };
    const env = { ARGO_WORKFLOW_NAME: "wf", ARGO_WORKFLOW_UID: "uid", ...none };
    const { startMs, idleMiB } = await measured("agent", await start("agent", ["agent", "main"], env));
    expect(idleMiB).toBeLessThan(70);
    expect(startMs).toBeLessThan(300 * SLACK);
  });
});

async function readLog(client: KubeClient, ref: ObjectRef): Promise<string> {
  let text = "";
  for await (const chunk of client.logs(ref, { container: "main" })) text += chunk;
  return text;
}

/** Resident memory of the process that runs a program of this folder: the least of some readings, once start-up is digested. */
async function idleMemoryMiB(folder: string): Promise<number> {
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && isNodeRunning(name, folder));
  const readings: number[] = [];
  for (let reading = 0; reading < 10; reading += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const status = readFileSync(`/proc/${pid ?? ""}/status`, "utf8");
    readings.push(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Infinity) / 1024);
  }
  return Math.round(Math.min(...readings));
}

function isNodeRunning(pid: string, folder: string): boolean {
  try {
    const [program = "", script = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return program.endsWith("node") && script.startsWith(folder);
  } catch {
    return false; // gone meanwhile
  }
}
