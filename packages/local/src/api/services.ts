import type { Authenticator } from "../auth/authenticator.ts";
import type { TokenIssuer } from "../auth/token-issuer.ts";

export interface LogOptions {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
}

/** Reads what a container wrote; whoever runs the pods offers it. */
export type ReadLog = (
  namespace: string,
  pod: string,
  container: string,
  options: LogOptions,
) => AsyncIterable<string | Buffer>;

/** What the API needs beside the objects. */
export interface ApiServices {
  readonly issuer: TokenIssuer;
  readonly authenticator: Authenticator;
  /** undefined where nothing runs pods. */
  readonly readLog: () => ReadLog | undefined;
}
