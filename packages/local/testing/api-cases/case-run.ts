import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import type { ApiCase, CaseAnswer, CaseApi, CaseRequest, WatchRequest } from "./api-case.ts";
import { Normaliser } from "./normalise.ts";
import type { RawAnswer, RawClient } from "./raw-client.ts";
import { Transcript } from "./transcript.ts";

export interface CaseTarget {
  readonly client: RawClient;
  /** A namespace that exists. */
  readonly namespace: string;
  /** A group whose custom kinds are served. */
  readonly group: string;
  /** Told of every namespace that a case makes, to delete it in the end. */
  readonly onNamespace: (name: string) => void;
}

// A real garbage collector looks for new kinds twice a minute.
const DEADLINE_MS = 45_000;
const ASK_AGAIN_MS = 25;

/** Runs one case; answers its transcript. */
export async function runCase(target: CaseTarget, apiCase: ApiCase): Promise<string> {
  const run = new CaseRun(target);
  await apiCase.run(run);
  return run.transcript;
}

class CaseRun implements CaseApi {
  readonly ns: string;
  readonly namespace: string;
  readonly group: string;
  readonly #target: CaseTarget;
  readonly #normaliser: Normaliser;
  readonly #transcript: Transcript;
  #namespaces = 0;

  constructor(target: CaseTarget) {
    this.#target = target;
    this.namespace = target.namespace;
    this.ns = `/api/v1/namespaces/${target.namespace}`;
    this.group = target.group;
    this.#normaliser = new Normaliser();
    this.#normaliser.rename(target.namespace, "{ns}");
    this.#normaliser.rename(target.group, "{group}");
    this.#transcript = new Transcript(this.#normaliser);
  }

  get transcript(): string {
    return this.#transcript.text;
  }

  async request(method: string, path: string, request: CaseRequest = {}): Promise<CaseAnswer> {
    const answer = await this.#send(method, path, request);
    if (request.quiet !== true) this.#transcript.exchange({ method, path }, request, answer);
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
    let answer = await this.#send("GET", path, request);
    while (!isDone(caseAnswer(answer)) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      answer = await this.#send("GET", path, request);
    }
    if (request.quiet !== true) this.#transcript.exchange({ method: "GET", path }, request, answer);
    return caseAnswer(answer);
  }

  async watch(path: string, request: WatchRequest = {}): Promise<readonly JsonObject[]> {
    const { accept, events: most = Number.POSITIVE_INFINITY, meanwhile, pick } = request;
    const headers = accept === undefined ? {} : { accept };
    const incoming = await this.#target.client.open({ method: "GET", path, headers });
    await meanwhile?.();
    const events = await readEvents(incoming, most);
    this.#transcript.watch(path, incoming.statusCode ?? 0, pick?.(events) ?? events);
    return events;
  }

  async newNamespace(): Promise<string> {
    this.#namespaces += 1;
    const name = `case-${randomBytes(5).toString("hex")}`;
    this.#normaliser.rename(name, `{ns ${this.#namespaces + 1}}`);
    this.#target.onNamespace(name);
    await this.#send("POST", "/api/v1/namespaces", { body: { metadata: { name } } });
    return `/api/v1/namespaces/${name}`;
  }

  note(text: string): void {
    this.#transcript.note(text);
  }

  #send(method: string, path: string, request: CaseRequest): Promise<RawAnswer> {
    const { body, text, accept, contentType = "application/json" } = request;
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const headers = accept === undefined ? {} : { accept };
    if (content === undefined) return this.#target.client.send({ method, path, headers });
    const withType = { ...headers, "content-type": contentType };
    return this.#target.client.send({ method, path, headers: withType, body: content });
  }
}

async function readEvents(incoming: IncomingMessage, most: number): Promise<JsonObject[]> {
  const events: JsonObject[] = [];
  for await (const line of createInterface({ input: incoming })) {
    if (line.trim() !== "") events.push(JSON.parse(line) as JsonObject);
    if (events.length >= most) break;
  }
  incoming.destroy();
  return events;
}

function caseAnswer({ status, body }: RawAnswer): CaseAnswer {
  return { status, body: isJsonObject(body) ? body : {} };
}
