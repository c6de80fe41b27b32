import type { Clock } from "@outrigger/kube";
import type { Operation } from "@outrigger/telemetry";
import type { HttpTemplate, NodeResult } from "@outrigger/types";
import type { CallSlots } from "./call-slots.ts";
import { outgoingHeaders } from "./http-headers.ts";
import type { SecretSource } from "./http-headers.ts";
import { sendRequest } from "./http-request.ts";
import type { HttpAnswer, OutgoingRequest } from "./http-request.ts";
import type { AgentLimits } from "./options.ts";
import { failure } from "./report.ts";

export interface HttpRunnerOptions {
  readonly secrets: SecretSource;
  readonly slots: CallSlots;
  readonly limits: AgentLimits;
  readonly certificates: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly requests: Operation<never>;
}

/** What stands around one request. */
export interface HttpCall {
  readonly nodeId: string;
  readonly idempotencyKey: string;
  /** Aborted when nobody wants the answer any more: the run then rejects. */
  readonly signal: AbortSignal;
}

const DEFAULT_TIMEOUT_SECONDS = 30;
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Makes the requests of `http` templates, so many at a time. */
export class HttpRunner {
  readonly #options: HttpRunnerOptions;

  constructor(options: HttpRunnerOptions) {
    this.#options = options;
  }

  /** One request; if it fails, to try again is for the Workflow to say (`retryStrategy`). */
  async run(http: HttpTemplate, call: HttpCall): Promise<NodeResult> {
    const method = (http.method ?? "") === "" ? "GET" : (http.method ?? "").toUpperCase();
    const url = URL.canParse(http.url) ? new URL(http.url) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol))
      return failure(`'${http.url}' is no URL of http or https`);
    const { clock, random, slots } = this.#options;
    try {
      // The expression language is large, and few Workflows need it here.
      const { verdictOf } = await import("./http-verdict.ts");
      const answer = await slots.run(this, call.signal, () => this.#request(http, call, { method, url }));
      return verdictOf(http, answer, { nowMs: clock.now(), random });
    } catch (error) {
      call.signal.throwIfAborted();
      // What stands behind the path is nobody's business.
      return failure(`${method} ${url.origin}${url.pathname}: ${reasonOf(error)}`);
    }
  }

  async #request(http: HttpTemplate, call: HttpCall, to: Pick<OutgoingRequest, "method" | "url">): Promise<HttpAnswer> {
    const { secrets, limits, certificates, clock, requests } = this.#options;
    const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, body = "", insecureSkipVerify = false } = http;
    const late = new AbortController();
    const timer = clock.schedule(timeoutSeconds * 1_000, () =>
      late.abort(new Error(`no answer within ${timeoutSeconds} s`)),
    );
    const signal = AbortSignal.any([call.signal, late.signal]);
    try {
      const given = await outgoingHeaders(http.headers ?? [], secrets, signal);
      const headers = SAFE_METHODS.has(to.method) ? given : withKey(given, call.idempotencyKey);
      const request = { ...to, headers, body, checksCertificate: !insecureSkipVerify };
      return await requests.run({ labels: {}, attributes: { nodeId: call.nodeId } }, () =>
        sendRequest(request, { signal, certificates, maxAnswerBytes: limits.maxAnswerBytes }),
      );
    } catch (error) {
      late.signal.throwIfAborted();
      throw error;
    } finally {
      timer.cancel();
    }
  }
}

// A request that changes something can be recognised when it comes again, where an agent has died before it saved the answer.
function withKey(headers: OutgoingRequest["headers"], key: string): OutgoingRequest["headers"] {
  if (headers.some(({ name }) => name.toLowerCase() === "idempotency-key")) return headers;
  return [...headers, { name: "Idempotency-Key", value: key, isSecret: false }];
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection dropped without an answer",
  ENOTFOUND: "there is no such host",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return Object.hasOwn(REASONS, code) ? (REASONS[code] ?? code) : error.message === "" ? code : error.message;
}
