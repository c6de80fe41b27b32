import { quantityValue } from "./quantity.ts";
import { allContainers } from "./spec/pod-spec.ts";
import type { Amounts, ContainerSpec, PodSpec } from "./spec/pod-spec.ts";

const COUNTED = ["cpu", "memory"] as const;

/** Kubernetes' quality-of-service class. Nothing enforces it here. */
export function qosClass(spec: PodSpec): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = allContainers(spec);
  if (containers.every(isGuaranteed)) return "Guaranteed";
  return containers.some(asksForAnything) ? "Burstable" : "BestEffort";
}

function isGuaranteed({ resources }: ContainerSpec): boolean {
  return COUNTED.every((resource) => {
    const limit = amount(resources.limits, resource);
    // A request that is not given is as large as the limit.
    return limit > 0 && amount(resources.requests ?? resources.limits, resource, limit) === limit;
  });
}

function asksForAnything({ resources }: ContainerSpec): boolean {
  return COUNTED.some((resource) => amount(resources.limits, resource) > 0 || amount(resources.requests, resource) > 0);
}

function amount(amounts: Amounts | undefined, resource: string, absent = 0): number {
  const text = amounts?.[resource];
  return text === undefined ? absent : (quantityValue(text) ?? absent);
}
