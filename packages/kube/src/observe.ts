/** One call to the API, as telemetry sees it: few distinct values, no names of objects. */
export interface ApiCall {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";
  /** Plural: `pods`. */
  readonly resource: string;
  readonly subresource?: string;
  /** Complete when the call has settled. */
  readonly traffic: { requestBytes: number; responseBytes: number };
}

/**
 * Stands around every call to the API: to count it, to time it, to give it a span. It must call `run` once and hand on what that
 * answers or throws (a KubeError, whose reason says how the call ended). A watch, or a log, counts as done when the stream is open.
 */
export type ObserveCall = <T>(call: ApiCall, run: () => Promise<T>) => Promise<T>;
