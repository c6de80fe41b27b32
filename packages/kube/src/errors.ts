/**
 * Why a call failed, by Kubernetes' own `status.reason` where the server gave one. The rest are ours: the server could not be
 * reached (`Unreachable`), did not answer in time (`DeadlineExceeded`), or answered something that is no Kubernetes object (`Malformed`).
 */
export type KubeErrorReason =
  | "BadRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "MethodNotAllowed"
  | "AlreadyExists"
  | "Conflict"
  | "Expired"
  | "Invalid"
  | "RequestEntityTooLarge"
  | "TooManyRequests"
  | "InternalError"
  | "ServiceUnavailable"
  | "Timeout"
  | "Unknown"
  | "Unreachable"
  | "DeadlineExceeded"
  | "Malformed";

export interface KubeErrorDetails {
  readonly reason: KubeErrorReason;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** What was asked: `GET /api/v1/namespaces/argo/pods`. */
  readonly request: string;
  /** The server said how long to wait. */
  readonly retryAfterMs?: number;
}

const TRANSIENT: ReadonlySet<KubeErrorReason> = new Set([
  "TooManyRequests",
  "InternalError",
  "ServiceUnavailable",
  "Timeout",
  "Unreachable",
  "DeadlineExceeded",
]);

/** A call to the API failed. `transient` answers whether the same call may succeed later. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly reason: KubeErrorReason;
  readonly status: number;
  readonly request: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: KubeErrorDetails, options?: ErrorOptions) {
    super(`${details.request}: ${message}`, options);
    this.reason = details.reason;
    this.status = details.status;
    this.request = details.request;
    this.retryAfterMs = details.retryAfterMs;
  }

  get transient(): boolean {
    return TRANSIENT.has(this.reason);
  }
}

export function hasReason(error: unknown, ...reasons: readonly KubeErrorReason[]): error is KubeError {
  return error instanceof KubeError && reasons.includes(error.reason);
}

export function isTransient(error: unknown): error is KubeError {
  return error instanceof KubeError && error.transient;
}
