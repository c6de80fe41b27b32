import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ConnectionError } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { inClusterConnection } from "./in-cluster.ts";

export interface LoadConnectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: where Kubernetes mounts it. */
  readonly serviceAccountFolder?: string;
  readonly clock?: Clock;
}

const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The cluster to talk to: the one that KUBECONFIG names, else the one we run in, else the one of ~/.kube/config. */
export async function loadConnection(options: LoadConnectionOptions): Promise<Connection> {
  const { env, serviceAccountFolder = SERVICE_ACCOUNT_FOLDER, clock = systemClock } = options;
  const named = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  if (named.length > 0) return fromKubeconfig(named, clock);

  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (isSet(host) && isSet(port)) return inClusterConnection({ host, port, folder: serviceAccountFolder, clock });

  const home = join(env["HOME"] ?? "/", ".kube", "config");
  if (existsSync(home)) return fromKubeconfig([home], clock);
  throw new ConnectionError(`no cluster is known: set KUBECONFIG, or put a kubeconfig at ${home}`);
}

async function fromKubeconfig(paths: readonly string[], clock: Clock): Promise<Connection> {
  const { kubeconfigConnection } = await import("./kubeconfig.ts");
  return kubeconfigConnection({ paths, clock });
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
