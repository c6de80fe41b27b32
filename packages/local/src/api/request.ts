import type { User } from "../auth/authenticator.ts";
import { badRequest } from "../errors/refusals.ts";

/** A request whose sender is known. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  /** Without parameters; empty if there is none. */
  readonly contentType: string;
  readonly userAgent: string;
  readonly user: User;
  /** Reads the whole body, within bounds. */
  readonly body: () => Promise<Buffer>;
  /** Texts for the Warning header of the answer. */
  readonly warnings: string[];
}

/** Go's parameters: `1`, `true`, and also just the name. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && !["", "0", "false"].includes(value);
}

/** A whole number; 0 if it is not given. */
export function numberOf(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? "";
  if (text === "") return 0;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
