import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue, Workflow } from "@outrigger/types";
import { parse } from "yaml";
import { Substitution } from "../expressions/substitute.ts";
import { POD_RULES } from "../merge/pod-rules.ts";
import { strategicMerge } from "../merge/strategic-merge.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { workflowScope } from "../scope/workflow-scope.ts";

const PLACE = "spec.podSpecPatch";

/** The spec of the agent pod with `spec.podSpecPatch` merged into it: YAML or JSON, tags replaced. */
export function patchPodSpec(workflow: Workflow, podSpec: JsonObject): Outcome<JsonObject> {
  const patch = readPatch(workflow);
  if (!patch.ok || patch.value === undefined) return patch.ok ? succeeded(podSpec) : patch;
  const merged = strategicMerge(podSpec, patch.value, POD_RULES);
  return merged.ok ? merged : failed(`${PLACE}: ${merged.message}`);
}

/** What is wrong with the patch, whatever the pod; undefined if nothing is. */
export function podSpecPatchProblem(workflow: Workflow): string | undefined {
  const patched = patchPodSpec(workflow, {});
  return patched.ok ? undefined : patched.message;
}

function readPatch(workflow: Workflow): Outcome<JsonObject | undefined> {
  const { podSpecPatch = "" } = workflow.spec;
  if (podSpecPatch.trim() === "") return succeeded(undefined);
  const parameters = workflow.spec.arguments?.parameters ?? [];
  const substitution = new Substitution(workflowScope({ workflow, parameters, status: "Running", elapsedMs: 0 }));
  const text = substitution.text(podSpecPatch, PLACE);
  if (substitution.problem !== undefined) return failed(substitution.problem);
  try {
    const patch = parse(text, { schema: "core", logLevel: "error" }) as JsonValue;
    return isJsonObject(patch) ? succeeded(patch) : failed(`${PLACE} must be an object, as YAML or JSON`);
  } catch (error) {
    return failed(
      `${PLACE} is neither YAML nor JSON: ${error instanceof Error ? firstLine(error.message) : "unknown"}`,
    );
  }
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.replace(/:$/, "") ?? "";
}
