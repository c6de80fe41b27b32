import { existsSync, readFileSync } from "node:fs";
import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { dirname, resolve } from "node:path";
import type { KubeConfig, User } from "@kubernetes/client-node";
import { isJsonObject } from "@outrigger/types";
import { parse } from "yaml";
import type { Clock } from "./clock.ts";
import { ConnectionError } from "./connection.ts";
import type { Connection, Credentials, TlsSettings } from "./connection.ts";
import { CredentialsCache } from "./credentials-cache.ts";

export interface KubeconfigOptions {
  /** Several are merged; the first to define a name wins. Those that are not there are passed over. */
  readonly paths: readonly string[];
  /** Default: the current one. */
  readonly context?: string | undefined;
  readonly clock: Clock;
}

/** A connection as `kubectl` would make it from these files: by token, certificate, OIDC or a credential plugin. */
export async function kubeconfigConnection({ paths, context: wanted, clock }: KubeconfigOptions): Promise<Connection> {
  const from = paths.join(", ");
  // Half a second and 80 MB, spent only here; and a bundle that never comes here may leave the package out.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = load(paths, () => new KubeConfig());
  if (wanted !== undefined) choose(config, wanted, from);
  const context = config.getContextObject(config.currentContext);
  const cluster = config.getCurrentCluster();
  if (context === null || cluster === null) {
    throw new ConnectionError(
      `${from} names no current context with a cluster: choose one with kubectl config use-context`,
    );
  }
  const cache = new CredentialsCache(clock, () => credentialsOf(config, cluster.proxyUrl !== undefined));
  return {
    server: serverUrl(cluster.server, from),
    namespace: context.namespace ?? "default",
    credentials: () => cache.get(),
  };
}

function choose(config: KubeConfig, context: string, from: string): void {
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new ConnectionError(
      `${from} has no context ${context}; there ${known.length === 0 ? "is none" : `are ${known.join(", ")}`}`,
    );
  }
  config.setCurrentContext(context);
}

function load(paths: readonly string[], blank: () => KubeConfig): KubeConfig {
  const loaded = paths.filter((path) => existsSync(path)).map((path) => loadOne(path, blank()));
  const [first] = loaded;
  if (first === undefined) throw new ConnectionError(`there is no kubeconfig at ${paths.join(" or ")}`);
  const merged = blank();
  merged.loadFromOptions({
    // client-node insists on this flag for plain HTTP, where there is nothing to verify.
    clusters: firstOfEach(loaded.flatMap((config) => config.clusters ?? [])).map((cluster) =>
      cluster.server.startsWith("http:") ? { ...cluster, skipTLSVerify: true } : cluster,
    ),
    users: firstOfEach(loaded.flatMap((config) => config.users ?? [])),
    contexts: firstOfEach(loaded.flatMap((config) => config.contexts ?? [])),
    currentContext: loaded.map((config) => config.currentContext).find((name) => name !== undefined && name !== ""),
  });
  return merged;
}

function loadOne(path: string, config: KubeConfig): KubeConfig {
  try {
    const text = readFileSync(path, "utf8");
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(path));
    const tokenFiles = tokenFilesOf(text);
    config.users = config.users.map((user) => withTokenFile(user, tokenFiles.get(user.name), dirname(path)));
  } catch {
    // The error may quote the file, and the file holds secrets.
    throw new ConnectionError(`${path} is no valid kubeconfig: check it with kubectl config view --kubeconfig ${path}`);
  }
  return config;
}

// client-node passes over users[].user.tokenFile, but reads such a file where an auth provider names it.
function tokenFilesOf(text: string): ReadonlyMap<unknown, string> {
  const parsed: unknown = parse(text);
  const users: unknown = isJsonObject(parsed) ? parsed["users"] : [];
  const entries = (Array.isArray(users) ? users : []).filter(isJsonObject).map(({ name, user }) => {
    const tokenFile = isJsonObject(user) ? user["tokenFile"] : undefined;
    return [name, typeof tokenFile === "string" ? tokenFile : ""] as const;
  });
  return new Map(entries.filter(([, tokenFile]) => tokenFile !== ""));
}

function withTokenFile(user: User, tokenFile: string | undefined, folder: string): User {
  if (tokenFile === undefined) return user;
  const { token: _overruled, ...rest } = user;
  return { ...rest, authProvider: { name: "tokenFile", config: { tokenFile: resolve(folder, tokenFile) } } };
}

function firstOfEach<T extends { readonly name: string }>(named: readonly T[]): readonly T[] {
  return [...new Map(named.toReversed().map((item) => [item.name, item])).values()].toReversed();
}

function serverUrl(server: string, from: string): URL {
  const url = URL.parse(server);
  if (url === null) throw new ConnectionError(`${from}: the cluster's server is no URL: ${server}`);
  return url;
}

async function credentialsOf(config: KubeConfig, throughProxy: boolean): Promise<Credentials> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    // What is no JSON is quoted in its SyntaxError, and it may be a token.
    const reason = error instanceof SyntaxError ? "the credential plugin did not answer with JSON" : messageOf(error);
    throw new ConnectionError(`the kubeconfig's user cannot be authenticated: ${reason}`);
  }
  return {
    headers: headersOf(options),
    tls: tlsOf(options),
    ...(throughProxy ? { agent: options.agent as Agent } : {}),
  };
}

function headersOf({ headers = {}, auth }: RequestOptions): Record<string, string> {
  const basic = auth == null ? {} : { Authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
  return {
    ...basic,
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value).trim()])),
  };
}

const TLS_FIELDS = ["ca", "cert", "key", "servername", "rejectUnauthorized"] as const;

function tlsOf(options: RequestOptions): TlsSettings {
  return Object.fromEntries(
    TLS_FIELDS.flatMap((field) => (options[field] === undefined ? [] : [[field, options[field]]])),
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.trim().slice(0, 500) : String(error);
}
