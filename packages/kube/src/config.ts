import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ConnectionError } from "./connection.ts";
import type { Connection } from "./connection.ts";
import type { KubeconfigOptions } from "./kubeconfig.ts";
import { inClusterConnection } from "./in-cluster.ts";

export interface LoadConnectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A kubeconfig that goes before all else. */
  readonly kubeconfig?: string | undefined;
  /** Which context of the kubeconfig. Default: its current one. */
  readonly context?: string | undefined;
  /** Default: where Kubernetes mounts it. */
  readonly serviceAccountFolder?: string;
  readonly clock?: Clock;
}

const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The cluster to talk to: the one that is asked for, else the one that KUBECONFIG names, else the one we run in, else the one of ~/.kube/config. */
export async function loadConnection(options: LoadConnectionOptions): Promise<Connection> {
  const { env, kubeconfig = env["KUBECONFIG"], context, clock = systemClock } = options;
  const named = (kubeconfig ?? "").split(delimiter).filter((path) => path !== "");
  if (named.length > 0) return fromKubeconfig({ paths: named, context, clock });

  const around = context === undefined ? surroundingCluster(options, clock) : undefined;
  if (around !== undefined) return around;

  const home = join(env["HOME"] ?? "/", ".kube", "config");
  if (existsSync(home)) return fromKubeconfig({ paths: [home], context, clock });
  throw new ConnectionError(`no cluster is known: set KUBECONFIG, or put a kubeconfig at ${home}`);
}

function surroundingCluster(
  { env, serviceAccountFolder: folder = SERVICE_ACCOUNT_FOLDER }: LoadConnectionOptions,
  clock: Clock,
): Promise<Connection> | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  return isSet(host) && isSet(port) ? inClusterConnection({ host, port, folder, clock }) : undefined;
}

async function fromKubeconfig(options: KubeconfigOptions): Promise<Connection> {
  const { kubeconfigConnection } = await import("./kubeconfig.ts");
  return kubeconfigConnection(options);
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
