import type { OutgoingRequest } from "./http-request.ts";

// Of these, only 307 and 308 mean the same request once more.
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const REPEATS: ReadonlySet<number> = new Set([307, 308]);
const PERSONAL: ReadonlySet<string> = new Set(["authorization", "cookie", "cookie2", "www-authenticate", "host"]);

/** The request that a redirect asks for; undefined if the answer is none. */
export function redirected(
  request: OutgoingRequest,
  status: number,
  location: string | undefined,
): OutgoingRequest | undefined {
  if (!REDIRECTS.has(status) || location === undefined || !URL.canParse(location, request.url.href)) return undefined;
  const url = new URL(location, request.url);
  const moved = url.host === request.url.host ? request : withoutSecrets(request);
  if (REPEATS.has(status) || request.method === "GET" || request.method === "HEAD") return { ...moved, url };
  const headers = moved.headers.filter(({ name }) => !name.toLowerCase().startsWith("content-"));
  return { ...moved, url, method: "GET", headers, body: "" };
}

// Another host may be anyone's.
function withoutSecrets(request: OutgoingRequest): OutgoingRequest {
  const headers = request.headers.filter(({ name, isSecret }) => !isSecret && !PERSONAL.has(name.toLowerCase()));
  return { ...request, headers };
}
