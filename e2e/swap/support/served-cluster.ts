import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { PODS } from "@outrigger/kube";
import type { JsonObject, KubeObject } from "@outrigger/types";
import { parse } from "yaml";
import { ROOT } from "../../support/cli.ts";
import { at } from "../../support/scripted-plugin.ts";
import { System } from "../../support/system.ts";
import { join } from "node:path";

const AGENT = join(ROOT, "packages/agent/src/main.ts");
const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/** A cluster whose controller makes agent pods for some Workflows or for none; `argoexec`, in its pods, is our agent. */
export async function startServedCluster(folder: string, agentPods: "stateful" | "none" = "none"): Promise<System> {
  const programs = join(folder, "bin");
  mkdirSync(programs);
  const argoexec = join(programs, "argoexec");
  writeFileSync(argoexec, `#!/bin/sh\nexec ${process.execPath} --conditions=@outrigger/source ${AGENT} "$@"\n`);
  chmodSync(argoexec, 0o755);
  return System.start({
    hostEnv: { ...process.env, PATH: `${programs}:${process.env["PATH"] ?? ""}` },
    controllerEnv: { ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_AGENT_PODS: agentPods },
  });
}

/** The pod of a Deployment with the shared agent in it, and this plugin beside it. */
export function sharedAgentPod(plugin: KubeObject, env: Readonly<Record<string, string>>): JsonObject {
  const container = parse(String(at(plugin, "data", "sidecar.container"))) as JsonObject & {
    readonly name: string;
    readonly ports: readonly { readonly containerPort: number }[];
  };
  const variables = {
    ARGO_PLUGIN_NAMES: JSON.stringify([container.name]),
    ARGO_PLUGIN_ADDRESSES: JSON.stringify([`http://localhost:${container.ports[0]?.containerPort ?? 0}`]),
    OUTRIGGER_HTTP_ADDRESS: "127.0.0.1:0",
    ...env,
  };
  const agent = {
    image: "agent",
    command: ["argoexec"],
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    volumeMounts: [
      { name: "var-run-argo", mountPath: "/var/run/argo" },
      { name: "account", mountPath: TOKEN_PATH, readOnly: true },
    ],
  };
  const own = { name: "var-run-argo", mountPath: "/var/run/argo", readOnly: true, subPath: container.name };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "shared-agent" },
    spec: {
      automountServiceAccountToken: false,
      volumes: [
        { name: "var-run-argo", emptyDir: {} },
        {
          name: "account",
          projected: {
            sources: [
              { serviceAccountToken: { path: "token" } },
              { configMap: { name: "kube-root-ca.crt" } },
              { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
            ],
          },
        },
      ],
      initContainers: [{ name: "init", args: ["agent", "init"], ...agent }],
      containers: [
        { ...container, volumeMounts: [own] },
        { name: "main", args: ["agent", "serve"], ...agent },
      ],
    },
  };
}

export async function startSharedAgentPod(system: System, pod: JsonObject): Promise<void> {
  await system.session.client.create(PODS, "default", pod);
}

/** kill -9; the pod starts its container again. */
export function killSharedAgent(): void {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isSharedAgent(name));
  if (pids.length !== 1) throw new Error(`${pids.length} shared agents run`);
  for (const pid of pids) process.kill(Number(pid), "SIGKILL");
}

function isSharedAgent(pid: string): boolean {
  try {
    const [, , script, , command] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return script === AGENT && command === "serve";
  } catch {
    return false; // gone meanwhile
  }
}
