// Installs the chart once for all scenarios: a controller of its own, which leaves the Workflows of others alone.
import { HttpKubeClient, NAMESPACES, CUSTOM_RESOURCE_DEFINITIONS, hasReason, loadConnection } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { run } from "../../../tools/command.ts";
import { CHART, findHelm } from "../../../tools/helm.ts";

export const SYSTEM_NAMESPACE = "outrigger-e2e";
export const INSTANCE_ID = "e2e";

const RELEASE = ["outrigger-e2e", "--namespace", SYSTEM_NAMESPACE];

/** Answers how to take it away again. */
export async function install(helm: string): Promise<() => Promise<void>> {
  const client = new HttpKubeClient({ connection: await loadConnection({ env: process.env }) });
  const values = [
    `instanceID=${INSTANCE_ID}`,
    `crds.install=${await lacksCrds(client)}`,
    "plugins.hello.enabled=true",
    "agent.linger=2s",
    "agent.warmPools[0].plugins[0]=hello",
    "agent.warmPools[0].size=1",
  ];
  run([helm, "upgrade", "--install", ...RELEASE, CHART, "--create-namespace", "--set", values.join(","), "--wait"]);
  return async () => {
    run([helm, "uninstall", ...RELEASE, "--wait"]);
    await client.delete(NAMESPACES, { name: SYSTEM_NAMESPACE });
    client.close();
  };
}

/** A controller for one namespace, beside the one of all scenarios. Answers how to take it away again. */
export function installInto(namespace: string, values: readonly string[]): () => void {
  const helm = findHelm(process.env) ?? "helm";
  const release = ["one", "--namespace", namespace];
  const all = ["crds.install=false", "controller.replicas=1", "agent.linger=2s", ...values];
  run([helm, "install", ...release, CHART, "--set", all.join(","), "--wait"]);
  return () => void run([helm, "uninstall", ...release, "--wait"]);
}

/** Changes values of the release, and waits until its new pods are ready. */
export function upgrade(values: readonly string[]): void {
  const helm = findHelm(process.env) ?? "helm";
  run([helm, "upgrade", ...RELEASE, CHART, "--reuse-values", "--set", values.join(","), "--wait"]);
}

async function lacksCrds(client: KubeClient): Promise<boolean> {
  try {
    await client.get(CUSTOM_RESOURCE_DEFINITIONS, { name: "workflows.argoproj.io" });
    return false;
  } catch (error) {
    if (hasReason(error, "NotFound")) return true;
    throw error;
  }
}
