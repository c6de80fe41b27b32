import type { JsonObject, JsonValue, RequestTemplate } from "@outrigger/types";

/** A key that no plugin owns. */
const FOREIGN_KEY = "nobody-owns-this-key";

/** What Argo's agent sends: `template.execute` without any addition. */
export function executeBody(runId: string, template: RequestTemplate, more: JsonObject = {}): JsonObject {
  const { name, inputs, outputs, metadata, plugin } = template;
  return {
    workflow: { metadata: { name: "conformance", namespace: "default", uid: runId } },
    template: { name, inputs: plain(inputs), outputs: plain(outputs), metadata, plugin },
    ...more,
  };
}

/** The same for a key that is none of the plugin's. */
export function foreignTemplate(template: RequestTemplate): RequestTemplate {
  return { ...template, plugin: { [FOREIGN_KEY]: {} } };
}

/** With one input parameter more. */
export function withParameter(template: RequestTemplate, name: string, value: string): RequestTemplate {
  const parameters = [...(template.inputs.parameters ?? []), { name, value }];
  return { ...template, inputs: { ...template.inputs, parameters } };
}

export interface Identity {
  readonly node: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const DEADLINE_MS = 60 * 60_000;

/** Who asks, in the body and in headers, as Outrigger's agent tells it. `name` tells steps apart. */
export function identity(runId: string, name: string): Identity {
  const [id, idempotencyKey] = [`conformance-${name}`, `${runId}/conformance-${name}/0`];
  const deadline = new Date(Date.now() + DEADLINE_MS).toISOString();
  return {
    node: { id, name: `conformance.${name}`, attempt: 0, deadline, idempotencyKey, traceparent: TRACEPARENT },
    headers: {
      "Idempotency-Key": idempotencyKey,
      "Outrigger-Node-Id": id,
      "Outrigger-Attempt": "0",
      "Outrigger-Deadline": deadline,
      traceparent: TRACEPARENT,
    },
  };
}

// Types say what is optional, JSON says nothing of it.
function plain(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
