import type { JsonObject, JsonValue, TemplateMetadata, Workflow } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { own } from "../own.ts";
import { workflowScope } from "../scope/workflow-scope.ts";

/** Fields of `spec` that describe pods, and what they are called in a pod's spec. */
const POD_FIELDS: Readonly<Record<string, string>> = {
  imagePullSecrets: "imagePullSecrets",
  nodeSelector: "nodeSelector",
  affinity: "affinity",
  tolerations: "tolerations",
  dnsPolicy: "dnsPolicy",
  dnsConfig: "dnsConfig",
  schedulerName: "schedulerName",
  podPriorityClassName: "priorityClassName",
  hostAliases: "hostAliases",
  securityContext: "securityContext",
};

/** What a Workflow asks of its pods, tags replaced. `securityContext` replaces ours, as it does in Argo. */
export function workflowFields(workflow: Workflow): JsonObject & { readonly podMetadata: TemplateMetadata } {
  const parameters = workflow.spec.arguments?.parameters ?? [];
  const scope = workflowScope({ workflow, parameters, status: "Running", elapsedMs: 0 });
  const substitution = new Substitution(scope, "lenient");
  const spec = workflow.spec as unknown as JsonObject;
  const fields = Object.entries(POD_FIELDS).flatMap(([from, to]): [string, JsonValue][] => {
    const value = own(spec, from);
    return value === undefined || value === null ? [] : [[to, substitution.json(value, `spec.${from}`)]];
  });
  const metadata = substitution.json(spec["podMetadata"] ?? {}, "spec.podMetadata");
  return { ...Object.fromEntries(fields), podMetadata: metadata as unknown as TemplateMetadata & JsonObject };
}
