import { chmodSync, writeFileSync } from "node:fs";

export interface KubeconfigContent {
  /** https: kubectl sends no token over plain HTTP. */
  readonly server: string;
  readonly caPem: string;
  readonly token: string;
}

const NAME = "outrigger";

/** Writes a kubeconfig that only its owner can read: it holds the key to the cluster. */
export function writeKubeconfig(path: string, { server, caPem, token }: KubeconfigContent): void {
  // JSON is YAML.
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: NAME, cluster: { server, "certificate-authority-data": Buffer.from(caPem).toString("base64") } },
    ],
    users: [{ name: NAME, user: { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace: "default" } }],
    "current-context": NAME,
  };
  writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  // A file that was there keeps its mode when it is written to.
  chmodSync(path, 0o600);
}
