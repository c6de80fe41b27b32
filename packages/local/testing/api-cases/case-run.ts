import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { parse as parseYaml, stringify } from "yaml";
import type { ApiCase, CaseAnswer, CaseApi, CaseRequest, WatchRequest } from "./api-case.ts";
import { Normaliser, withoutCauseList } from "./normalise.ts";
import type { RawAnswer, RawClient } from "./raw-client.ts";

export interface CaseTarget {
  readonly client: RawClient;
  /** A namespace that exists. */
  readonly namespace: string;
  /** A group whose custom kinds are served. */
  readonly group: string;
  /** Told of every namespace that a case makes, to delete it in the end. */
  readonly onNamespace: (name: string) => void;
}

const DEADLINE_MS = 10_000;
const ASK_AGAIN_MS = 25;

/** Runs one case; answers its transcript. */
export async function runCase(target: CaseTarget, apiCase: ApiCase): Promise<string> {
  const run = new CaseRun(target);
  await apiCase.run(run);
  return run.transcript();
}

class CaseRun implements CaseApi {
  readonly ns: string;
  readonly namespace: string;
  readonly group: string;
  readonly #target: CaseTarget;
  readonly #normaliser: Normaliser;
  readonly #lines: string[] = [];
  #namespaces = 0;

  constructor(target: CaseTarget) {
    this.#target = target;
    this.namespace = target.namespace;
    this.ns = `/api/v1/namespaces/${target.namespace}`;
    this.group = target.group;
    this.#normaliser = new Normaliser(
      new Map([
        [target.namespace, "{ns}"],
        [target.group, "{group}"],
      ]),
    );
  }

  transcript(): string {
    return `${this.#lines.join("\n").trimEnd()}\n`;
  }

  async request(method: string, path: string, request: CaseRequest = {}): Promise<CaseAnswer> {
    const answer = await this.#send(method, path, request);
    if (request.quiet !== true) this.#record(method, path, request, answer);
    return caseAnswer(answer);
  }

  get(path: string, request?: CaseRequest): Promise<CaseAnswer> {
    return this.request("GET", path, request);
  }

  post(path: string, body: JsonValue, request?: CaseRequest): Promise<CaseAnswer> {
    return this.request("POST", path, { ...request, body });
  }

  put(path: string, body: JsonValue, request?: CaseRequest): Promise<CaseAnswer> {
    return this.request("PUT", path, { ...request, body });
  }

  patch(path: string, body: JsonValue, request?: CaseRequest): Promise<CaseAnswer> {
    return this.request("PATCH", path, { contentType: "application/merge-patch+json", ...request, body });
  }

  delete(path: string, body?: JsonValue, request?: CaseRequest): Promise<CaseAnswer> {
    return this.request("DELETE", path, { ...request, body });
  }

  async eventually(
    path: string,
    isDone: (answer: CaseAnswer) => boolean,
    request: CaseRequest = {},
  ): Promise<CaseAnswer> {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const answer = await this.#send("GET", path, request);
      if (isDone(caseAnswer(answer)) || Date.now() > deadline) {
        if (request.quiet !== true) this.#record("GET", path, request, answer);
        return caseAnswer(answer);
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  async watch(path: string, request: WatchRequest = {}): Promise<readonly JsonObject[]> {
    const headers = request.accept === undefined ? {} : { accept: request.accept };
    const incoming = await this.#target.client.open({ method: "GET", path, headers });
    await request.meanwhile?.();
    const events: JsonObject[] = [];
    for await (const line of createInterface({ input: incoming })) {
      if (line.trim() === "") continue;
      events.push(JSON.parse(line) as JsonObject);
      if (request.events !== undefined && events.length >= request.events) break;
    }
    incoming.destroy();
    this.#lines.push(`WATCH ${this.#normaliser.text(path)}`, String(incoming.statusCode ?? 0));
    this.#lines.push(this.#show(request.pick?.(events) ?? events), "");
    return events;
  }

  async newNamespace(): Promise<string> {
    this.#namespaces += 1;
    const name = `case-${randomBytes(5).toString("hex")}`;
    this.#normaliser.add(name, `{ns ${this.#namespaces + 1}}`);
    this.#target.onNamespace(name);
    await this.#send("POST", "/api/v1/namespaces", { body: { metadata: { name } } });
    return `/api/v1/namespaces/${name}`;
  }

  note(text: string): void {
    this.#lines.push(`# ${this.#normaliser.text(text)}`, "");
  }

  #send(method: string, path: string, request: CaseRequest): Promise<RawAnswer> {
    const { body, text, accept, contentType = "application/json" } = request;
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    return this.#target.client.send({
      method,
      path,
      headers: {
        ...(content === undefined ? {} : { "content-type": contentType }),
        ...(accept === undefined ? {} : { accept }),
      },
      ...(content === undefined ? {} : { body: content }),
    });
  }

  #record(method: string, path: string, request: CaseRequest, answer: RawAnswer): void {
    const { body, text, contentType } = request;
    const sent = text ?? (body === undefined ? "" : JSON.stringify(this.#normaliser.value(body)));
    const type = contentType === undefined || sent === "" ? "" : ` (${contentType})`;
    this.#lines.push(this.#normaliser.text(`${method} ${path}${type}${sent === "" ? "" : ` ${shorten(sent)}`}`));
    this.#lines.push(String(answer.status));
    for (const warning of warningsOf(answer)) this.#lines.push(`warning: ${this.#normaliser.text(warning)}`);
    const parsed = parse(answer);
    const picked = parsed === undefined ? undefined : (request.pick?.(parsed) ?? parsed);
    this.#lines.push(picked === undefined ? indent(this.#normaliser.text(answer.text.trim())) : this.#show(picked), "");
  }

  #show(value: JsonValue): string {
    const normalised = withoutCauseList(this.#normaliser.value(value));
    return indent(stringify(normalised, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd());
  }
}

function warningsOf(answer: RawAnswer): string[] {
  const { warning } = answer.headers;
  return warning === undefined ? [] : warning.split(/, (?=299 )/);
}

function caseAnswer(answer: RawAnswer): CaseAnswer {
  const body = parse(answer);
  return { status: answer.status, body: typeof body === "object" && body !== null ? (body as JsonObject) : {} };
}

function parse(answer: RawAnswer): JsonValue | undefined {
  const isYaml = answer.headers["content-type"]?.startsWith("application/yaml") === true;
  try {
    return (isYaml ? parseYaml(answer.text) : JSON.parse(answer.text)) as JsonValue;
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  return text.length > 600 ? `${text.slice(0, 100)}... (${text.length} characters)` : text;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
