import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";

export type TokenVerdict =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused" }
  /** We do not know the token ourselves. */
  | { readonly kind: "unknown"; readonly message: string };

/** Whether a request comes from the agent: only the two of us know the token. */
export type TokenCheck = (authorization: string | undefined) => Promise<TokenVerdict>;

const ACCEPTED: TokenVerdict = { kind: "accepted" };
const REFUSED: TokenVerdict = { kind: "refused" };

/** Lets everyone in: for a server that something else guards. */
export const acceptAll: TokenCheck = () => Promise.resolve(ACCEPTED);

export function expectToken(token: string): TokenCheck {
  if (token === "") throw new TypeError("the token must not be empty");
  return (authorization) => Promise.resolve(verdict(bearerToken(authorization), token));
}

/** The token stands in a file. It is read when a request does not fit what is known of it: it may be written, or change, later. */
export function expectTokenOfFile(path: string): TokenCheck {
  let known: string | undefined;
  return async (authorization) => {
    const shown = bearerToken(authorization);
    if (shown === undefined) return REFUSED;
    if (known !== undefined && sameText(shown, known)) return ACCEPTED;
    try {
      known = (await readFile(path, "utf8")).trimEnd();
    } catch (error) {
      return { kind: "unknown", message: `the token file ${path} cannot be read (${codeOf(error)})` };
    }
    return known === "" ? { kind: "unknown", message: `the token file ${path} is empty` } : verdict(shown, known);
  };
}

function verdict(shown: string | undefined, token: string): TokenVerdict {
  return shown !== undefined && sameText(shown, token) ? ACCEPTED : REFUSED;
}

function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

// In constant time: digests are of one length, whatever was sent.
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
