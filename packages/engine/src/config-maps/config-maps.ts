import type { Template, Workflow } from "@outrigger/types";
import { allTemplates, callsOf } from "../plugins/keys.ts";

/** A ConfigMap of the Workflow's namespace. */
export interface ConfigMapFacts {
  /** The value of its label `workflows.argoproj.io/configmap-type`: what it may be used for. */
  readonly type: string | undefined;
  readonly data: Readonly<Record<string, string>>;
}

/** By name. Undefined: there is none. */
export type ConfigMaps = Pick<ReadonlyMap<string, ConfigMapFacts>, "get">;

/** The ConfigMaps that a Workflow names, as far as can be told before it runs. */
export function configMapsOfInterest(workflow: Workflow): readonly string[] {
  const named = [
    ...referencesOf(workflow.spec.arguments),
    ...Array.from(allTemplates(workflow)).flatMap((template) => [
      ...referencesOf(template.inputs),
      ...callsOf(template).flatMap((call) => referencesOf(call.arguments)),
      ...cacheOf(template),
    ]),
    ...cacheOf(workflow.spec.templateDefaults ?? {}),
  ];
  return [...new Set(named)].filter((name) => name !== "" && !name.includes("{{"));
}

function referencesOf(inputs: Template["inputs"]): readonly string[] {
  return (inputs?.parameters ?? []).flatMap(({ valueFrom }) => valueFrom?.configMapKeyRef?.name ?? []);
}

function cacheOf({ memoize }: Template): readonly string[] {
  return memoize?.cache?.configMap?.name === undefined ? [] : [memoize.cache.configMap.name];
}
