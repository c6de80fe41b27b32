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
    "plugins.slack.enabled=true",
    "agent.linger=2s",
    "agent.warmPools[0].plugins[0]=hello",
    "agent.warmPools[0].size=1",
  ];
  run([helm, "upgrade", "--install", ...RELEASE, CHART, "--create-namespace", "--set", values.join(","), "--wait"]);
  client.close();
  return async () => {
    run([helm, "uninstall", ...RELEASE, "--wait"]);
    // Another one: the API server may have been restarted since.
    const later = new HttpKubeClient({ connection: await loadConnection({ env: process.env }) });
    await later.delete(NAMESPACES, { name: SYSTEM_NAMESPACE });
    later.close();
  };
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
