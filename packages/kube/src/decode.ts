import { isJsonObject, kubeObjectParser, formatIssues } from "@outrigger/types";
import type { JsonValue, KubeObject } from "@outrigger/types";
import type { KubeList, WatchEvent } from "./client.ts";
import { KubeError } from "./errors.ts";
import { apiVersionOf } from "./resources.ts";
import type { Resource } from "./resources.ts";
import { statusError } from "./status-error.ts";

/** What an answer of the API is turned into; `request` names the call in errors. */
export interface DecodeContext {
  readonly resource: Resource;
  readonly request: string;
}

function malformed(context: Pick<DecodeContext, "request">, message: string): KubeError {
  return new KubeError(message, { reason: "Malformed", status: 0, request: context.request });
}

/** Parses JSON. What the text holds is kept out of the error: it may be a Secret. */
export function decodeJson(text: string, context: Pick<DecodeContext, "request">): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw malformed(context, `the answer is no JSON (${text.length} characters)`);
  }
}

export function decodeObject(value: unknown, context: DecodeContext): KubeObject {
  const parsed = kubeObjectParser(value, "");
  if (!parsed.ok) throw malformed(context, `the answer is no Kubernetes object: ${formatIssues(parsed.issues)}`);
  return parsed.value;
}

export function decodeList(value: unknown, context: DecodeContext): KubeList {
  const metadata = isJsonObject(value) ? value["metadata"] : undefined;
  if (!isJsonObject(value) || !isJsonObject(metadata)) throw malformed(context, "the answer is no Kubernetes list");
  const items: unknown = value["items"] ?? [];
  const { resourceVersion, continue: continueToken } = metadata;
  if (!Array.isArray(items) || typeof resourceVersion !== "string") {
    throw malformed(context, "the list has no items or no resourceVersion");
  }
  return {
    items: items.map((item) => withKind(decodeObject(item, context), context.resource)),
    resourceVersion,
    ...(typeof continueToken === "string" && continueToken !== "" ? { continueToken } : {}),
  };
}

// Items of a list of built-in kinds come without their kind; everywhere else objects have it.
function withKind(item: KubeObject, resource: Resource): KubeObject {
  return item.kind === undefined ? { apiVersion: apiVersionOf(resource), kind: resource.kind, ...item } : item;
}

/** One line of a watch. Throws what the server reports by an ERROR event. */
export function decodeWatchEvent(line: string, context: DecodeContext): WatchEvent {
  const event = decodeJson(line, context);
  if (!isJsonObject(event)) throw malformed(context, "a watch event is no object");
  const { type, object } = event;
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      return { type, object: decodeObject(object, context) };
    case "BOOKMARK":
      return { type, resourceVersion: bookmarkVersion(object, context) };
    case "ERROR":
      throw statusError({ request: context.request, status: 0, body: object });
    default:
      throw malformed(context, `a watch event has the unknown type ${JSON.stringify(type)}`);
  }
}

function bookmarkVersion(object: unknown, context: DecodeContext): string {
  const { resourceVersion } = decodeObject(object, context).metadata;
  if (resourceVersion === undefined) throw malformed(context, "a bookmark has no resourceVersion");
  return resourceVersion;
}
