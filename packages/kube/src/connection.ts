import type { Agent } from "node:http";

/** How the server proves who it is, and we prove who we are, as node:tls takes it. */
export interface TlsSettings {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface Credentials {
  /** Sent with every request: Authorization, Impersonate-User. */
  readonly headers: Readonly<Record<string, string>>;
  /** The same object for as long as nothing in it changes: a new one opens new connections. */
  readonly tls: TlsSettings;
  /** Makes the connections in place of our own pool: the way through a proxy. */
  readonly agent?: Agent;
}

/** Where an API server is, and how to be let in. */
export interface Connection {
  readonly server: URL;
  /** What `kubectl` would use where none is given. */
  readonly namespace: string;
  /** Asked before every request, so that tokens and certificates may change while the process lives. */
  credentials(): Promise<Credentials>;
}

export interface ExplicitConnection {
  readonly server: string;
  readonly token?: string;
  readonly ca?: string;
  readonly namespace?: string;
}

/** There is no way to a cluster, or into it; the message says what to do, and holds no secret. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** A connection to a server that the caller knows all about, such as the embedded cluster. */
export function explicitConnection(options: ExplicitConnection): Connection {
  const { token, ca } = options;
  const server = URL.parse(options.server);
  if (server === null) throw new ConnectionError(`the server is no URL: ${options.server}`);
  const credentials: Credentials = {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    tls: ca === undefined ? {} : { ca },
  };
  return {
    server,
    namespace: options.namespace ?? "default",
    credentials: () => Promise.resolve(credentials),
  };
}
