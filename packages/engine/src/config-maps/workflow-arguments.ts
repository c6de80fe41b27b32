import type { Parameter, Workflow } from "@outrigger/types";
import { succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { workflowScope } from "../scope/workflow-scope.ts";
import type { ConfigMaps } from "./config-maps.ts";
import { configMapValue } from "./key-value.ts";

/** The Workflow with the values that its arguments take from ConfigMaps. */
export function withConfigMapArguments(workflow: Workflow, configMaps: ConfigMaps | undefined): Outcome<Workflow> {
  const written = workflow.spec.arguments?.parameters ?? [];
  const isOpen = ({ value, valueFrom }: Parameter): boolean =>
    value === undefined && valueFrom?.configMapKeyRef !== undefined;
  if (configMaps === undefined || !written.some(isOpen)) return succeeded(workflow);
  const scope = {
    ...workflowScope({ workflow, parameters: written, status: "Running", elapsedMs: 0 }),
    configMaps,
  };
  const parameters: Parameter[] = [];
  for (const parameter of written) {
    const place = `spec.arguments.parameters.${parameter.name}`;
    const value = isOpen(parameter) ? configMapValue(parameter.valueFrom, scope, place) : succeeded(undefined);
    if (!value.ok) return value;
    parameters.push(value.value === undefined ? parameter : { ...parameter, value: value.value });
  }
  return succeeded({
    ...workflow,
    spec: { ...workflow.spec, arguments: { ...workflow.spec.arguments, parameters } },
  });
}
