import { HttpKubeClient, loadConnection } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import type { ProgramContext } from "../program-context.ts";

/** Which cluster is meant, and where in it. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** A cluster that a command works with. */
export interface Cluster {
  readonly client: KubeClient;
  /** The one that was asked for, else that of the context. */
  readonly namespace: string;
  /** Its address, for messages. */
  readonly server: string;
}

/** The one way to a cluster: any that a kubeconfig leads to, and so that of `outrigger dev`. */
export async function withCluster<T>(
  { kubeconfig, context, namespace }: ClusterFlags,
  { env }: Pick<ProgramContext, "env">,
  use: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const connection = await loadConnection({ env, kubeconfig, context });
  const client = new HttpKubeClient({ connection });
  try {
    return await use({ client, namespace: namespace ?? connection.namespace, server: connection.server.origin });
  } finally {
    client.close();
  }
}
