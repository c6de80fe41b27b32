import type { Outputs, Parameter, Workflow } from "@outrigger/types";
import { sameJson } from "../same-json.ts";
import { allTemplates } from "../plugins/keys.ts";
import { ABSENT } from "./scope.ts";
import type { TagValue } from "./scope.ts";

/** The names under which templates publish outputs to the whole Workflow; those that hold a tag are known at run time only. */
export function globalNames(workflow: Workflow): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { outputs } of allTemplates(workflow)) {
    for (const { globalName } of outputs?.parameters ?? []) if (globalName !== undefined) names.add(globalName);
  }
  return names;
}

/**
 * `workflow.outputs.parameters.…`: what nodes have put out under a `globalName`.
 *
 * Owns: these values during one pass; they begin as `status.outputs` holds them and are saved there again, as in Argo.
 * 1. Who publishes a name later wins.
 */
export class GlobalOutputs {
  readonly #workflow: Workflow;
  readonly #values: Map<string, string>;
  #declared: ReadonlySet<string> | undefined;

  /** `draft`: what has been put out since the Workflow was saved. */
  constructor(workflow: Workflow, draft?: GlobalOutputs) {
    this.#workflow = workflow;
    const saved = workflow.status?.outputs?.parameters ?? [];
    const known = saved.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
    this.#values = new Map(draft === undefined ? known : draft.#values);
  }

  publish(outputs: Outputs | undefined): void {
    for (const { globalName = "", value } of outputs?.parameters ?? []) {
      if (globalName !== "" && value !== undefined) this.#values.set(globalName, value);
    }
  }

  /** ABSENT: a template would publish it, and has not. */
  get(name: string): TagValue {
    this.#declared ??= globalNames(this.#workflow);
    return this.#values.get(name) ?? (this.#declared.has(name) ? ABSENT : undefined);
  }

  names(): Iterable<string> {
    return this.#values.keys();
  }

  /** `status.outputs`; what else stands in there stays. */
  toOutputs(): Outputs | undefined {
    const before = this.#workflow.status?.outputs;
    if (this.#values.size === 0) return before;
    const parameters = Array.from(this.#values, ([name, value]): Parameter => ({ name, value }));
    return sameJson(before?.parameters, parameters) ? before : { ...before, parameters };
  }
}
