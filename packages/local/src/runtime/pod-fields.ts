// Values that a container reads of its own pod: fieldRef and resourceFieldRef. Pure.
import type { Result } from "@outrigger/types";
import { failure, ok } from "@outrigger/types";
import type { Pod } from "@outrigger/types";
import { POD_IP } from "./pod-status.ts";
import { quantityValue } from "./quantity.ts";
import { allContainers } from "./spec/pod-spec.ts";
import type { PodSpec } from "./spec/pod-spec.ts";
import type { ResourceSelector } from "./spec/volume-spec.ts";

export interface PodFacts {
  readonly metadata: Pod["metadata"];
  readonly spec: PodSpec;
  readonly nodeName: string;
  /** What the machine has, in cores and bytes: stands in for limits that are not given. */
  readonly machine: { readonly cpus: number; readonly memoryBytes: number };
}

const FIELDS: Readonly<Record<string, (facts: PodFacts) => string>> = {
  "metadata.name": ({ metadata }) => metadata.name ?? "",
  "metadata.namespace": ({ metadata }) => metadata.namespace ?? "",
  "metadata.uid": ({ metadata }) => metadata.uid ?? "",
  "metadata.labels": ({ metadata }) => asLines(metadata.labels),
  "metadata.annotations": ({ metadata }) => asLines(metadata.annotations),
  "spec.nodeName": ({ nodeName }) => nodeName,
  "spec.serviceAccountName": ({ spec }) => spec.serviceAccountName,
  "status.hostIP": () => POD_IP,
  "status.hostIPs": () => POD_IP,
  "status.podIP": () => POD_IP,
  "status.podIPs": () => POD_IP,
};

const SUBSCRIPT = /^metadata\.(labels|annotations)\['([^']+)'\]$/;

export function podField(facts: PodFacts, fieldPath: string): Result<string> {
  const subscript = SUBSCRIPT.exec(fieldPath);
  if (subscript !== null) {
    const values = subscript[1] === "labels" ? facts.metadata.labels : facts.metadata.annotations;
    return ok(values?.[subscript[2] ?? ""] ?? "");
  }
  const read = Object.hasOwn(FIELDS, fieldPath) ? FIELDS[fieldPath] : undefined;
  if (read !== undefined) return ok(read(facts));
  return failure("", `unsupported fieldPath: ${fieldPath}; known are ${Object.keys(FIELDS).join(", ")}`);
}

// One `key="value"` a line, in the order of the keys: the format of downward files.
function asLines(values: Readonly<Record<string, string>> = {}): string {
  return Object.keys(values)
    .sort()
    .map((key) => `${key}=${JSON.stringify(values[key])}`)
    .join("\n");
}

/** An amount of a container, in units of the divisor, rounded up. */
export function resourceField(facts: PodFacts, container: string, selector: ResourceSelector): Result<string> {
  const amount = amountOf(facts, selector.containerName ?? container, selector.resource);
  if (amount === undefined) {
    return failure(
      "",
      `unsupported resource: ${selector.resource} of container ${selector.containerName ?? container}`,
    );
  }
  // A divisor of 0 means 1; the rounding forgives what floating point adds.
  const divisor = quantityValue(selector.divisor ?? "1") || 1;
  return ok(String(Math.ceil(Number((amount / divisor).toPrecision(12)))));
}

function amountOf({ spec, machine }: PodFacts, container: string, resource: string): number | undefined {
  const resources = allContainers(spec).find(({ name }) => name === container)?.resources;
  const [, list, name = ""] = /^(limits|requests)\.(.+)$/.exec(resource) ?? [];
  if (resources === undefined || list === undefined) return undefined;
  const text = (list === "limits" ? resources.limits : resources.requests)?.[name];
  if (text !== undefined) return quantityValue(text);
  // Without a limit, all that the machine has.
  return list === "requests" ? 0 : { cpu: machine.cpus, memory: machine.memoryBytes }[name];
}
