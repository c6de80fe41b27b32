import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { Clock } from "./clock.ts";
import { ConnectionError } from "./connection.ts";
import type { Connection, Credentials } from "./connection.ts";
import { CredentialsCache } from "./credentials-cache.ts";

export interface InClusterOptions {
  readonly host: string;
  readonly port: string;
  /** Where the pod finds `token`, `ca.crt` and `namespace`. */
  readonly folder: string;
  readonly clock: Clock;
}

/** A pod's own connection, by its service account. Token and CA are read again as the kubelet renews them. */
export async function inClusterConnection(options: InClusterOptions): Promise<Connection> {
  const { host, port, folder, clock } = options;
  const cache = new CredentialsCache(clock, () => readCredentials(folder));
  await cache.get(); // what is missing shows at the start
  const namespace = await readText(folder, "namespace");
  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    namespace,
    credentials: () => cache.get(),
  };
}

async function readCredentials(folder: string): Promise<Credentials> {
  const [token, ca] = await Promise.all([readText(folder, "token"), readText(folder, "ca.crt")]);
  return { headers: { Authorization: `Bearer ${token}` }, tls: { ca } };
}

async function readText(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new ConnectionError(
      `${path} cannot be read (${error.code ?? "unknown error"}); does the pod mount its service account's token?`,
    );
  });
  return text.trim();
}
