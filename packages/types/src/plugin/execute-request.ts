import type { Inputs } from "../parameter.ts";
import type { JsonObject, JsonValue } from "../parse/json.ts";
import type { Template } from "../template.ts";
import type { CancelRequest, ExecuteRequest, RequestNode } from "./rpc.ts";
import { withoutTaskFacts } from "./task-facts.ts";
import type { TaskFacts } from "./task-facts.ts";

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
  readonly facts: TaskFacts;
  readonly state: JsonValue | undefined;
  readonly traceparent: string | undefined;
  /** Of a call that cancels: why. */
  readonly reason?: string | undefined;
}

export interface PreparedRequest {
  readonly body: ExecuteRequest | CancelRequest;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The call of a task. `name`, `inputs`, `outputs` and `metadata` are always there, lists that are not given are not, and every input
 * parameter has a value: plugins rely on it. What Argo does not send stands beside the template, never in it.
 */
export function executeRequest(options: RequestOptions): PreparedRequest {
  const { workflow, template, state, reason } = options;
  const node = requestNode(options);
  return {
    body: {
      workflow: { metadata: workflow },
      template: {
        ...given(template),
        name: template.name ?? "",
        inputs: withValues(template.inputs ?? {}),
        outputs: template.outputs ?? {},
        metadata: given(withoutTaskFacts(template.metadata ?? {})),
        plugin: template.plugin,
      },
      node,
      ...(state === undefined ? {} : { state }),
      ...(reason === undefined ? {} : { reason }),
    },
    headers: headersOf(node),
  };
}

/** Stable over whatever may happen to one attempt: repeated requests, polls, restarts of the agent. A retry by hand is another attempt. */
export function idempotencyKey({ uid }: WorkflowIdentity, nodeId: string, { attempt, retries }: TaskFacts): string {
  const key = `${uid}/${nodeId}/${attempt}`;
  return retries === 0 ? key : `${key}/${retries}`;
}

function requestNode({ workflow, nodeId, facts, traceparent }: RequestOptions): RequestNode {
  const { nodeName, attempt, deadlineMs } = facts;
  return {
    id: nodeId,
    ...(nodeName === undefined ? {} : { name: nodeName }),
    attempt,
    ...(deadlineMs === undefined ? {} : { deadline: new Date(deadlineMs).toISOString() }),
    idempotencyKey: idempotencyKey(workflow, nodeId, facts),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

// For those who see no bodies: proxies, access logs, middleware.
function headersOf({ id, attempt, deadline, idempotencyKey, traceparent }: RequestNode): Record<string, string> {
  return {
    "Idempotency-Key": idempotencyKey,
    "Outrigger-Node-Id": id,
    "Outrigger-Attempt": String(attempt),
    ...(deadline === undefined ? {} : { "Outrigger-Deadline": deadline }),
    ...(traceparent === undefined ? {} : { traceparent }),
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
