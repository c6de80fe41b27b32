import { boolean, integer, list, object, refine, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";

/** One entry of a Secret of the Workflow's namespace. */
export interface SecretKeyRef {
  readonly name: string;
  readonly key: string;
}

export interface HttpHeader {
  readonly name: string;
  readonly value?: string;
  /** Wins over `value`. */
  readonly valueFrom?: { readonly secretKeyRef?: SecretKeyRef };
}

/** The body of an `http` template: a request that the agent itself makes. */
export interface HttpTemplate {
  readonly url: string;
  /** Default: GET. */
  readonly method?: string;
  readonly headers?: readonly HttpHeader[];
  readonly body?: string;
  /** Default: 30. */
  readonly timeoutSeconds?: number;
  /** An expression over `request` and `response`. Default: the status is 2xx. */
  readonly successCondition?: string;
  readonly insecureSkipVerify?: boolean;
}

const headerParser: Parser<HttpHeader> = object<HttpHeader>(
  {
    name: string,
    value: string,
    valueFrom: object<{ readonly secretKeyRef?: SecretKeyRef }>({
      secretKeyRef: object<SecretKeyRef>({ name: string, key: string }, { required: ["name", "key"] }),
    }),
  },
  { required: ["name"] },
);

export const httpTemplateParser: Parser<HttpTemplate> = object<HttpTemplate>(
  {
    url: string,
    method: string,
    headers: list(headerParser),
    body: string,
    timeoutSeconds: refine(integer, (seconds) => (seconds > 0 ? undefined : `must be 1 or more, not ${seconds}`)),
    successCondition: string,
    insecureSkipVerify: boolean,
  },
  { required: ["url"] },
);
