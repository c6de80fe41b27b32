import { EVENTS } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import type { JsonValue, KubeObject } from "@outrigger/types";
import { textAt } from "../../json/at.ts";
import { invalidValue } from "../../errors/field-error.ts";
import type { FieldError } from "../../errors/field-error.ts";
import { decodeBuiltIn } from "../decode-built-in.ts";
import type { Strategy } from "../kind.ts";
import { plainStrategy } from "../strategies.ts";

const NAMED_EVENTS: Resource = { ...EVENTS, group: "events.k8s.io" };

/** Names of the fields that differ between the two versions of an Event: core's, then that of events.k8s.io. */
const RENAMED = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
  ["reportingComponent", "reportingController"],
] as const;

const UNRENAMED = RENAMED.map(([core, named]) => [named, core] as const);

function rename(event: KubeObject, pairs: readonly (readonly [string, string])[], resource: Resource): KubeObject {
  const names = new Map(pairs);
  const fields = Object.entries(event).map(([name, value]): [string, JsonValue] => [
    names.get(name) ?? name,
    value as JsonValue,
  ]);
  const { kind: _kind, apiVersion: _version, ...content } = Object.fromEntries(fields);
  return decodeBuiltIn(content, resource, resource === EVENTS ? "Event" : "EventsEvent").object;
}

/** Events are stored as the core group has them. */
export function toCoreEvent(event: KubeObject): KubeObject {
  return rename(event, UNRENAMED, EVENTS);
}

export function fromCoreEvent(event: KubeObject): KubeObject {
  return rename(event, RENAMED, NAMED_EVENTS);
}

function checkNamespace(event: KubeObject): FieldError[] {
  const subject = "regarding" in event ? "regarding" : "involvedObject";
  const involved = textAt(event, subject, "namespace");
  const own = event.metadata.namespace ?? "";
  if (involved === own || (involved === "" && own === "default")) return [];
  return [invalidValue(`${subject}.namespace`, involved, "does not match event.namespace")];
}

export const eventStrategy: Strategy = { ...plainStrategy, createOnUpdate: true, validate: checkNamespace };

function text(...path: readonly string[]): (event: KubeObject) => string {
  return (event) => textAt(event, ...path);
}

/** Field selectors of core events; `kubectl describe` asks by them. */
export const EVENT_FIELDS: ReadonlyMap<string, (event: KubeObject) => string> = new Map([
  ["involvedObject.kind", text("involvedObject", "kind")],
  ["involvedObject.namespace", text("involvedObject", "namespace")],
  ["involvedObject.name", text("involvedObject", "name")],
  ["involvedObject.uid", text("involvedObject", "uid")],
  ["involvedObject.apiVersion", text("involvedObject", "apiVersion")],
  ["involvedObject.resourceVersion", text("involvedObject", "resourceVersion")],
  ["involvedObject.fieldPath", text("involvedObject", "fieldPath")],
  ["reason", text("reason")],
  ["reportingComponent", text("reportingComponent")],
  ["source", (event) => textAt(event, "source", "component") || textAt(event, "reportingComponent")],
  ["type", text("type")],
]);
