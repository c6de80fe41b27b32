import { request as requestByHttp, validateHeaderName, validateHeaderValue } from "node:http";
import type { IncomingMessage, RequestOptions } from "node:http";
import { request as requestByHttps } from "node:https";
import { rootCertificates } from "node:tls";
import { readBounded } from "./read-bounded.ts";
import { redirected } from "./redirect.ts";

export interface OutgoingHeader {
  readonly name: string;
  readonly value: string;
  /** Comes from a Secret: goes to no other host than the one that it was meant for. */
  readonly isSecret: boolean;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly OutgoingHeader[];
  readonly body: string;
  readonly checksCertificate: boolean;
}

export interface RequestLimits {
  readonly signal: AbortSignal;
  readonly maxAnswerBytes: number;
  /** Trusted beside those that Node trusts; PEM. */
  readonly certificates: readonly string[];
}

export interface HttpAnswer {
  readonly status: number;
  /** Names as Go writes them: `Content-Type`. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Not more than was asked for. */
  readonly body: string;
  readonly tooLarge: boolean;
}

const MAX_REDIRECTS = 10;

/** Sends a request and follows redirects. Rejects if there is no answer. */
export async function sendRequest(request: OutgoingRequest, limits: RequestLimits): Promise<HttpAnswer> {
  let current = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await send(current, limits);
    const { statusCode: status = 0, rawHeaders } = answer;
    const next = redirected(current, status, answer.headers.location);
    if (next === undefined) {
      const { text, tooLarge } = await readBounded(answer, limits.maxAnswerBytes);
      return { status, headers: byName(rawHeaders), body: text, tooLarge };
    }
    answer.destroy();
    current = next;
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

// A connection of its own, as for plugins.
function send(request: OutgoingRequest, { signal, certificates }: RequestLimits): Promise<IncomingMessage> {
  const { url, method, headers, body } = request;
  for (const header of headers) {
    validateHeaderName(header.name);
    validateHeaderValue(header.name, header.value);
  }
  const host = headers.find(({ name }) => name.toLowerCase() === "host")?.value;
  const options: RequestOptions = { method, agent: false, signal, setHost: host === undefined };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing =
    url.protocol === "https:"
      ? requestByHttps(url, {
          ...options,
          rejectUnauthorized: request.checksCertificate,
          ...(certificates.length === 0 ? {} : { ca: [...rootCertificates, ...certificates] }),
        })
      : requestByHttp(url, options);
  outgoing.once("response", resolve);
  outgoing.on("error", reject); // after the response, an error is the reader's to see
  for (const { name, value } of headers) outgoing.appendHeader(name, value);
  if (!outgoing.hasHeader("User-Agent")) outgoing.setHeader("User-Agent", "outrigger-agent");
  if (body !== "" || /^(POST|PUT|PATCH)$/.test(method)) outgoing.setHeader("Content-Length", Buffer.byteLength(body));
  outgoing.setHeader("Connection", "close");
  outgoing.end(body);
  return promise;
}

function byName(rawHeaders: readonly string[]): HttpAnswer["headers"] {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase().replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
    (headers[name] ??= []).push(rawHeaders[index + 1] ?? "");
  }
  return headers;
}
