import { executeRequest } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import type { Fault } from "./fault.ts";

/** A step with everything said. */
export interface WalkedStep {
  readonly key: string;
  readonly input: JsonValue;
  readonly parameters: Readonly<Record<string, string>>;
  readonly workflow: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly nodeId: string;
  readonly attempt: number;
  readonly deadlineMs: number | undefined;
  readonly faults: readonly (Fault | undefined)[];
}

interface AboutCall {
  readonly startMs: number;
  readonly agent: "outrigger" | "argo";
  readonly state: JsonValue | undefined;
  /** Of a call that cancels. */
  readonly reason: string | undefined;
}

/** The body of a call, as the agent makes it. */
export function stepRequest(step: WalkedStep, { startMs, agent, state, reason }: AboutCall): object {
  const { key, input, parameters, workflow, nodeId, attempt, deadlineMs } = step;
  const plugin: JsonObject = { [key]: input };
  const given = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  const { body } = executeRequest({
    workflow,
    nodeId,
    template: { name: "test", inputs: given.length === 0 ? {} : { parameters: given }, plugin },
    facts: {
      nodeName: `${workflow.name}.${nodeId}`,
      attempt,
      retries: 0,
      deadlineMs: deadlineMs === undefined ? undefined : startMs + deadlineMs,
    },
    state,
    traceparent: undefined,
    reason,
  });
  return agent === "argo" ? { workflow: body.workflow, template: body.template } : body;
}
