import type { ApiCall } from "./observe.ts";
import type { Resource } from "./resources.ts";

/** What a process asks the API for, and why: a line of its Role. */
export interface Permission {
  readonly resource: Resource;
  readonly subresource?: string;
  readonly verbs: readonly ApiCall["verb"][];
  readonly why: string;
}
