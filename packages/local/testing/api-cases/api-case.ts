import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";

export interface CaseRequest {
  readonly body?: JsonValue | undefined;
  /** Sent instead of a JSON body. */
  readonly text?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** The part of the body that the case is about; the rest may differ between servers. */
  readonly pick?: (body: JsonValue) => JsonValue;
  /** Not part of the transcript: how the case gets to where it begins. */
  readonly quiet?: boolean;
}

export interface CaseAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

export interface WatchRequest {
  /** Leave after so many events; without it, the server ends the watch. */
  readonly events?: number;
  readonly accept?: string;
  /** What of the events the case is about. */
  readonly pick?: (events: readonly JsonObject[]) => JsonValue;
  /** Done once the watch is open. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** A server under test. Everything that is asked and answered becomes part of the case's transcript. */
export interface CaseApi {
  /** Path of a namespace that the cases of a group share. */
  readonly ns: string;
  /** Its name. */
  readonly namespace: string;
  /** API group of the custom kinds; another one in each run. */
  readonly group: string;
  request(method: string, path: string, request?: CaseRequest): Promise<CaseAnswer>;
  get(path: string, request?: CaseRequest): Promise<CaseAnswer>;
  post(path: string, body: JsonValue, request?: CaseRequest): Promise<CaseAnswer>;
  put(path: string, body: JsonValue, request?: CaseRequest): Promise<CaseAnswer>;
  /** `contentType` defaults to a merge patch. */
  patch(path: string, body: JsonValue, request?: CaseRequest): Promise<CaseAnswer>;
  delete(path: string, body?: JsonValue, request?: CaseRequest): Promise<CaseAnswer>;
  watch(path: string, request?: WatchRequest): Promise<readonly JsonObject[]>;
  /** Asks again until the answer is as it should be; only the last answer is recorded. */
  eventually(path: string, isDone: (answer: CaseAnswer) => boolean, request?: CaseRequest): Promise<CaseAnswer>;
  /** A namespace for this case alone; answers its path. It is deleted at the end. */
  newNamespace(): Promise<string>;
  /** Writes a remark into the transcript: what a case found out in another way. */
  note(text: string): void;
}

/** One thing that a Kubernetes API does. It asserts nothing itself: its transcript is compared with that of a real API server. */
export interface ApiCase {
  readonly name: string;
  readonly run: (api: CaseApi) => Promise<unknown>;
}

export interface CaseGroup {
  readonly name: string;
  readonly cases: readonly ApiCase[];
}

export function versionOf(answer: CaseAnswer): string {
  return metadataText(answer, "resourceVersion");
}

export function uidOf(answer: CaseAnswer): string {
  return metadataText(answer, "uid");
}

function metadataText({ body: { metadata } }: CaseAnswer, field: string): string {
  const value = isJsonObject(metadata) ? metadata[field] : undefined;
  return typeof value === "string" ? value : "";
}

/** The words that events of a watch begin with. */
export function eventTypes(events: readonly JsonObject[]): string[] {
  return events.map((event) => (typeof event["type"] === "string" ? event["type"] : ""));
}
