import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { at, listAt, numberAt, objectAt, textAt, without } from "../../json/at.ts";
import { jsonEqual } from "../../json/equal.ts";
import { forbiddenValue, invalidValue } from "../../errors/field-error.ts";
import type { FieldError } from "../../errors/field-error.ts";
import type { Strategy } from "../kind.ts";
import { IMMUTABLE } from "../metadata-rules.ts";
import { nextGeneration, plainStrategy, withMeta, withStatusOf } from "../strategies.ts";
import { checkPodSpec } from "./pod-rules.ts";

const COMPUTE = ["cpu", "memory"] as const;

function compute(container: JsonValue, kind: "limits" | "requests"): readonly string[] {
  return COMPUTE.map((name) => textAt(container, "resources", kind, name)).filter(
    (value) => !["", "0"].includes(value),
  );
}

/** Guaranteed: all containers ask for exactly what they are limited to; BestEffort: none asks for anything. */
function qosClass(spec: JsonObject): string {
  const containers = [...listAt(spec, "containers"), ...listAt(spec, "initContainers")];
  const asked = containers.flatMap((each) => [...compute(each, "requests"), ...compute(each, "limits")]);
  if (asked.length === 0) return "BestEffort";
  const guaranteed = containers.every(
    (each) =>
      compute(each, "limits").length === COMPUTE.length &&
      jsonEqual(compute(each, "limits"), compute(each, "requests")),
  );
  return guaranteed ? "Guaranteed" : "Burstable";
}

function isFinished(pod: KubeObject): boolean {
  return ["Succeeded", "Failed"].includes(textAt(pod, "status", "phase"));
}

/** A pod that no node has, or that has ended, needs no time to stop. */
function gracePeriodSeconds(pod: KubeObject, requested: number | undefined): number {
  if (textAt(pod, "spec", "nodeName") === "" || isFinished(pod)) return 0;
  const period = requested ?? numberAt(pod, "spec", "terminationGracePeriodSeconds") ?? 0;
  return period < 0 ? 1 : period;
}

function prepareStatus(next: KubeObject, current: KubeObject): KubeObject {
  const { ownerReferences: _refused, ...meta } = next.metadata;
  const { ownerReferences } = current.metadata;
  const status = objectAt(next, "status");
  return {
    ...next,
    metadata: { ...meta, ...(ownerReferences === undefined ? {} : { ownerReferences }) },
    spec: current["spec"],
    status: { ...status, qosClass: textAt(status, "qosClass") || textAt(current, "status", "qosClass") },
  };
}

const UPDATABLE = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
];

/** The spec without what may be changed while a pod runs. */
function fixedPart(pod: KubeObject): JsonObject {
  const spec = objectAt(pod, "spec");
  const withoutImage = (list: readonly JsonValue[]): JsonValue[] =>
    list.map((each) => without(objectAt(each), "image"));
  return {
    ...without(spec, "activeDeadlineSeconds", "tolerations", "schedulingGates"),
    containers: withoutImage(listAt(spec, "containers")),
    initContainers: withoutImage(listAt(spec, "initContainers")),
  };
}

function checkUpdate(next: KubeObject, current: KubeObject): FieldError[] {
  for (const list of ["containers", "initContainers"]) {
    if (listAt(next, "spec", list).length !== listAt(current, "spec", list).length) {
      return [forbiddenValue(`spec.${list}`, "pod updates may not add or remove containers")];
    }
  }
  const errors = checkPodSpec(objectAt(next, "spec"), "spec");
  if (jsonEqual(fixedPart(next), fixedPart(current))) return errors;
  return [...errors, forbiddenValue("spec", `pod updates may not change fields other than ${UPDATABLE.join(",")}`)];
}

export const podStrategy: Strategy = {
  ...plainStrategy,
  returnsDeleted: true,
  prepareForCreate: (pod) => ({
    ...withMeta(pod, { generation: 1 }),
    status: { phase: "Pending", qosClass: qosClass(objectAt(pod, "spec")) },
  }),
  prepareForUpdate: (next, current) => nextGeneration(withStatusOf(next, current), current),
  prepareForStatusUpdate: prepareStatus,
  validate: (pod) => checkPodSpec(objectAt(pod, "spec"), "spec"),
  validateUpdate: (next, current) => (at(next, "spec") === at(current, "spec") ? [] : checkUpdate(next, current)),
  validateStatusUpdate: (next, current) => {
    const [given, fixed] = [at(next, "status", "qosClass"), at(current, "status", "qosClass")];
    return given === fixed ? [] : [invalidValue("status.qosClass", given, IMMUTABLE)];
  },
  gracePeriodSeconds,
};
