import { isJsonObject } from "@outrigger/types";
import type { JsonObject, Parameter, WorkflowSpec } from "@outrigger/types";
import { strategicMerge } from "../merge/strategic-merge.ts";
import { SPEC_RULES } from "../merge/workflow-rules.ts";
import { succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";

/** The spec that is run where a Workflow refers to a WorkflowTemplate: what the Workflow itself says wins. */
export function mergeSpec(own: WorkflowSpec, template: WorkflowSpec): Outcome<WorkflowSpec> {
  const merged = strategicMerge(asJson(template), asJson(own), SPEC_RULES);
  if (!merged.ok) return merged;
  const spec = merged.value as unknown as WorkflowSpec;
  const { suspend: _suspend, ...rest } = spec;
  return succeeded({
    ...rest,
    ...hooksOf(own, template),
    ...argumentsOf(spec, own),
    // A Workflow is held back by its own will only.
    ...(own.suspend === undefined ? {} : { suspend: own.suspend }),
  });
}

// A hook is taken whole from one side, be it that of the Workflow.
function hooksOf(own: WorkflowSpec, template: WorkflowSpec): JsonObject {
  const [theirs, ours] = [asJson(template)["hooks"], asJson(own)["hooks"]];
  if (!isJsonObject(theirs) || !isJsonObject(ours)) return {};
  return { hooks: { ...theirs, ...ours } };
}

// A value that the Workflow gives takes the place of any other way to get one; what else is known of the parameter stays.
function argumentsOf(merged: WorkflowSpec, own: WorkflowSpec): Pick<WorkflowSpec, "arguments"> {
  const { parameters } = merged.arguments ?? {};
  if (parameters === undefined) return {};
  const given = new Map((own.arguments?.parameters ?? []).map((parameter) => [parameter.name, parameter]));
  return {
    arguments: { ...merged.arguments, parameters: parameters.map((each) => preferred(each, given.get(each.name))) },
  };
}

function preferred(parameter: Parameter, given: Parameter | undefined): Parameter {
  const sources = [given?.value, given?.default, given?.valueFrom];
  if (given === undefined || sources.every((source) => source === undefined)) return parameter;
  const { value: _value, default: _default, valueFrom: _valueFrom, ...rest } = parameter;
  return { ...rest, ...given };
}

function asJson(spec: WorkflowSpec): JsonObject {
  return spec as unknown as JsonObject;
}
