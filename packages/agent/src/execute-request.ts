import type { ExecuteRequest, Inputs, JsonObject, JsonValue, Template } from "@outrigger/types";

/** The Workflow that an agent serves. */
export interface WorkflowIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

export interface RequestOptions {
  readonly workflow: WorkflowIdentity;
  readonly nodeId: string;
  readonly template: Template & { readonly plugin: JsonObject };
  readonly state: JsonValue | undefined;
  readonly traceparent: string | undefined;
}

export interface PreparedRequest {
  readonly body: ExecuteRequest;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The call of a task. `name`, `inputs`, `outputs` and `metadata` are always there, lists that are not given are not, and every input
 * parameter has a value: plugins rely on it. What Argo does not send stands beside the template, never in it.
 */
export function executeRequest(options: RequestOptions): PreparedRequest {
  const { workflow, nodeId, template, state, traceparent } = options;
  const idempotencyKey = `${workflow.uid}/${nodeId}/0`;
  return {
    body: {
      workflow: { metadata: workflow },
      template: {
        ...given(template),
        name: template.name ?? "",
        inputs: withValues(template.inputs ?? {}),
        outputs: template.outputs ?? {},
        metadata: given(template.metadata ?? {}),
        plugin: template.plugin,
      },
      node: { id: nodeId, attempt: 0, idempotencyKey, ...(traceparent === undefined ? {} : { traceparent }) },
      ...(state === undefined ? {} : { state }),
    },
    headers: { "Idempotency-Key": idempotencyKey, ...(traceparent === undefined ? {} : { traceparent }) },
  };
}

function withValues(inputs: Inputs): Inputs {
  const { parameters } = inputs;
  if (parameters === undefined) return inputs;
  return {
    ...inputs,
    parameters: parameters.map((parameter) => ({ ...parameter, value: parameter.value ?? parameter.default ?? "" })),
  };
}

function given(value: object): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null && field !== undefined));
}
