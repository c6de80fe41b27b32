import type { IncomingHttpHeaders } from "node:http";
import { isJsonObject } from "@outrigger/types";
import { KubeError } from "./errors.ts";
import type { KubeErrorReason } from "./errors.ts";

// Kubernetes' reasons under the names we give them; the rest follow from the code.
const REASONS: Readonly<Record<string, KubeErrorReason>> = {
  BadRequest: "BadRequest",
  Unauthorized: "Unauthorized",
  Forbidden: "Forbidden",
  NotFound: "NotFound",
  MethodNotAllowed: "MethodNotAllowed",
  AlreadyExists: "AlreadyExists",
  Conflict: "Conflict",
  Expired: "Expired",
  Gone: "Expired",
  Invalid: "Invalid",
  RequestEntityTooLarge: "RequestEntityTooLarge",
  TooManyRequests: "TooManyRequests",
  InternalError: "InternalError",
  ServiceUnavailable: "ServiceUnavailable",
  Timeout: "Timeout",
  ServerTimeout: "Timeout",
};

const REASONS_BY_CODE: Readonly<Record<number, KubeErrorReason>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  408: "Timeout",
  409: "Conflict",
  410: "Expired",
  413: "RequestEntityTooLarge",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  502: "ServiceUnavailable",
  503: "ServiceUnavailable",
  504: "Timeout",
};

function reasonOf(reason: unknown, code: number): KubeErrorReason {
  const named = typeof reason === "string" && Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  return named ?? REASONS_BY_CODE[code] ?? (code >= 500 ? "InternalError" : "Unknown");
}

export interface FailedAnswer {
  readonly request: string;
  /** HTTP status. */
  readonly status: number;
  readonly headers?: IncomingHttpHeaders;
  /** The body where it is JSON: a Kubernetes Status, if the answer comes from the API and not from something before it. */
  readonly body: unknown;
}

export function statusError(answer: FailedAnswer): KubeError {
  const status = isJsonObject(answer.body) && answer.body["kind"] === "Status" ? answer.body : {};
  const code = typeof status["code"] === "number" ? status["code"] : answer.status;
  const message = typeof status["message"] === "string" ? status["message"] : `HTTP status ${code}`;
  const retryAfterMs = retryAfterHeader(answer.headers?.["retry-after"]) ?? retryAfterDetail(status["details"]);
  return new KubeError(message, {
    reason: reasonOf(status["reason"], code),
    status: code,
    request: answer.request,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

// Kubernetes sends seconds, never the date that HTTP allows as well.
function retryAfterHeader(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : undefined;
}

function retryAfterDetail(details: unknown): number | undefined {
  const seconds = isJsonObject(details) ? details["retryAfterSeconds"] : undefined;
  return typeof seconds === "number" && seconds > 0 ? seconds * 1_000 : undefined;
}
