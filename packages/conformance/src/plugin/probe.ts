import { callPlugin } from "@outrigger/agent";
import { systemClock } from "@outrigger/kube";
import { METHOD_EXECUTE, methodPath } from "@outrigger/types";
import type { Exchange, JsonObject } from "@outrigger/types";
import type { Step } from "../case.ts";
import type { Recording } from "../run-cases.ts";
import { cameText, cut } from "./exchange-text.ts";
import { executeBody } from "./requests.ts";
import type { PluginSubject } from "./subject.ts";

/** Which token a request shows. */
export type Shown = "the token" | "another token" | "no token" | "the beginning of the token" | "the token and more";

export interface ProbeRequest {
  /** Default: POST. */
  readonly httpMethod?: string;
  readonly path: string;
  /** Default: the token. */
  readonly shown?: Shown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is if it is text, else as JSON. */
  readonly body?: JsonObject | string;
  /** For what needs no work. Default: as long as one call may take. */
  readonly timeoutMs?: number;
}

/** What the cases of one run share. */
export interface SharedByCases {
  readonly subject: PluginSubject;
  /** Unlike that of any other run. */
  readonly runId: string;
  /** The reply that several cases look at: the plugin is not bothered for each of them. */
  own: Promise<Asked> | undefined;
  readonly signal: AbortSignal;
}

export interface Asked {
  readonly exchange: Exchange;
  readonly step: Step;
}

const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** Calls the plugin for one case, as an agent does, and keeps what was sent and what came. */
export class PluginProbe implements Recording {
  readonly steps: Step[] = [];
  readonly #shared: SharedByCases;

  constructor(shared: SharedByCases) {
    this.#shared = shared;
  }

  get subject(): PluginSubject {
    return this.#shared.subject;
  }

  get runId(): string {
    return this.#shared.runId;
  }

  async send(request: ProbeRequest): Promise<Exchange> {
    const asked = await this.#ask(request);
    this.steps.push(asked.step);
    return asked.exchange;
  }

  /** Calls `template.execute`. Default: what Argo's agent sends for the plugin's own template. */
  execute({ body, ...request }: Omit<ProbeRequest, "path"> = {}): Promise<Exchange> {
    const sent = body ?? executeBody(this.runId, this.subject.template);
    return this.send({ ...request, path: methodPath(METHOD_EXECUTE), body: sent });
  }

  /** The plugin's reply to its own template; asked for once in a run. */
  async own(): Promise<Exchange> {
    const body = executeBody(this.runId, this.subject.template);
    this.#shared.own ??= this.#ask({ path: methodPath(METHOD_EXECUTE), body });
    const { exchange, step } = await this.#shared.own;
    this.steps.push(step);
    return exchange;
  }

  async #ask({ httpMethod = "POST", path, shown = "the token", headers = {}, ...more }: ProbeRequest): Promise<Asked> {
    const { subject, signal } = this.#shared;
    const { timeoutMs = Infinity } = more;
    const body = bodyOf(more);
    const exchange = await callPlugin({
      method: httpMethod,
      url: `${subject.url}${path}`,
      headers: { ...headers, ...authorizationOf(subject.token, shown) },
      ...body,
      timeoutMs: Math.min(timeoutMs, subject.callTimeoutMs),
      maxAnswerBytes: MAX_ANSWER_BYTES,
      clock: systemClock,
      signal,
    });
    const head = [`${httpMethod} ${path}`, subject.token === undefined ? "no token" : shown, ...Object.keys(headers)];
    const sent = [head.join(", "), ...Object.values(body).map(cut)].join(": ");
    return { exchange, step: { sent, came: cameText(exchange) } };
  }
}

function bodyOf({ body }: Pick<ProbeRequest, "body">): { readonly body?: string } {
  if (body === undefined) return {};
  return { body: typeof body === "string" ? body : JSON.stringify(body) };
}

function authorizationOf(token: string | undefined, shown: Shown): { readonly Authorization?: string } {
  if (token === undefined || shown === "no token") return {};
  const tokens: Readonly<Record<typeof shown, string>> = {
    "the token": token,
    "another token": "x".repeat(token.length),
    "the beginning of the token": token.slice(0, -1),
    "the token and more": `${token}x`,
  };
  return { Authorization: `Bearer ${tokens[shown]}` };
}
