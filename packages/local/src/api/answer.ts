import type { StatusBody } from "../errors/api-error.ts";

export const JSON_TYPE = "application/json";

/** What a handler answers with. */
export type Answer = BodyAnswer | StreamAnswer;

export interface BodyAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that grows. */
export interface StreamAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Begins once the headers are sent; the answer ends with the promise, or when the client leaves. */
  readonly stream: (sink: Sink) => Promise<void>;
}

/** Where a stream goes. */
export interface Sink {
  /** Answers whether more can be taken now; else `drained` says when. */
  write(chunk: Buffer | string): boolean;
  drained(): Promise<void>;
  /** Aborted when the client leaves or the server stops. */
  readonly signal: AbortSignal;
}

export function jsonAnswer(status: number, value: object): BodyAnswer {
  return { status, contentType: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}

export function statusAnswer(status: StatusBody): BodyAnswer {
  return jsonAnswer(status.code, status);
}

export function textAnswer(status: number, text: string): BodyAnswer {
  return { status, contentType: "text/plain; charset=utf-8", body: text };
}

export const PATH_NOT_FOUND: BodyAnswer = textAnswer(404, "404 page not found\n");
