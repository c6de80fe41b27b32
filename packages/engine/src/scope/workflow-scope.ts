import type { Parameter, Workflow } from "@outrigger/types";
import { goJson, sortedKeys } from "../expressions/go-json.ts";
import { STRFTIME_LETTERS, strftime } from "../expressions/strftime.ts";
import { own } from "../own.ts";
import { parseTime } from "../time.ts";
import type { GlobalOutputs } from "./global-outputs.ts";
import { parametersJson } from "./parameters-json.ts";
import type { Scope, TagValue } from "./scope.ts";

const ANNOTATION_SCHEDULED_TIME = "workflows.argoproj.io/scheduled-time";
const ROOT = "workflow.";

/** What `workflow.…` tags need beside the Workflow itself. */
export interface WorkflowFacts {
  readonly workflow: Workflow;
  /** `spec.arguments`, their own tags replaced. */
  readonly parameters: readonly Parameter[];
  /** Running; for an exit handler, how the Workflow's work ended. */
  readonly status: string;
  /** For an exit handler: the nodes that failed, as quoted JSON. */
  readonly failures?: string;
  /** Since the Workflow was started. */
  readonly elapsedMs: number;
  /** What `now()` in expressions tells; without it, the start of the Workflow plus what has elapsed. */
  readonly nowMs?: number;
  /** What nodes have published so far. */
  readonly globals?: GlobalOutputs;
}

type Variable = (facts: WorkflowFacts) => TagValue;

const VARIABLES: Readonly<Record<string, Variable>> = {
  name: ({ workflow }) => workflow.metadata.name ?? "",
  namespace: ({ workflow }) => workflow.metadata.namespace ?? "",
  uid: ({ workflow }) => workflow.metadata.uid ?? "",
  mainEntrypoint: ({ workflow }) => workflow.spec.entrypoint ?? "",
  serviceAccountName: ({ workflow }) => workflow.spec.serviceAccountName ?? "",
  priority: ({ workflow }) => priorityOf(workflow),
  status: ({ status }) => status,
  failures: ({ failures }) => failures,
  duration: ({ elapsedMs }) => (elapsedMs / 1_000).toFixed(6),
  creationTimestamp: ({ workflow }) => workflow.metadata.creationTimestamp,
  "creationTimestamp.RFC3339": ({ workflow }) => workflow.metadata.creationTimestamp,
  "creationTimestamp.s": ({ workflow }) => creationPart(workflow, (timeMs) => String(Math.floor(timeMs / 1_000))),
  scheduledTime: ({ workflow }) => workflow.metadata.annotations?.[ANNOTATION_SCHEDULED_TIME],
  parameters: ({ parameters }) => parametersJson(parameters),
  "parameters.json": ({ parameters }) => parametersJson(parameters),
  labels: ({ workflow }) => mapJson(workflow.metadata.labels),
  "labels.json": ({ workflow }) => mapJson(workflow.metadata.labels),
  annotations: ({ workflow }) => mapJson(workflow.metadata.annotations),
  "annotations.json": ({ workflow }) => mapJson(workflow.metadata.annotations),
};

/** Names that end in a key of the user's. */
const FAMILIES: Readonly<Record<string, (key: string, facts: WorkflowFacts) => TagValue>> = {
  "parameters.": (key, { parameters }) => parameters.find(({ name }) => name === key)?.value,
  "labels.": (key, { workflow }) => own(workflow.metadata.labels, key),
  "outputs.parameters.": (key, { globals }) => globals?.get(key),
  "annotations.": (key, { workflow }) => own(workflow.metadata.annotations, key),
  "creationTimestamp.": (key, { workflow }) => creationPart(workflow, (timeMs) => strftime(key, timeMs)),
};

/** The variables that are known everywhere in a Workflow. */
export function workflowScope(facts: WorkflowFacts): Scope {
  return {
    get(name) {
      if (!name.startsWith(ROOT)) return undefined;
      const rest = name.slice(ROOT.length);
      const variable = own(VARIABLES, rest);
      if (variable !== undefined) return variable(facts);
      for (const [prefix, find] of Object.entries(FAMILIES)) {
        if (rest.startsWith(prefix)) return find(rest.slice(prefix.length), facts);
      }
      return undefined;
    },
    *names() {
      for (const [prefix, keys] of keysOf(facts)) for (const key of keys) yield ROOT + prefix + key;
      for (const name of Object.keys(VARIABLES)) yield ROOT + name;
      for (const letter of STRFTIME_LETTERS) yield `${ROOT}creationTimestamp.${letter}`;
    },
    seed: facts.workflow.metadata.uid ?? facts.workflow.metadata.name,
    nowMs: facts.nowMs ?? startMs(facts.workflow) + facts.elapsedMs,
  };
}

function keysOf({ workflow, parameters, globals }: WorkflowFacts): readonly (readonly [string, Iterable<string>])[] {
  const { labels, annotations } = workflow.metadata;
  return [
    ["parameters.", parameters.map(({ name }) => name)],
    ["outputs.parameters.", globals?.names() ?? []],
    ["labels.", Object.keys(labels ?? {})],
    ["annotations.", Object.keys(annotations ?? {})],
  ];
}

function startMs({ status, metadata }: Workflow): number {
  return parseTime(status?.startedAt) ?? parseTime(metadata.creationTimestamp) ?? 0;
}

function priorityOf(workflow: Workflow): string | undefined {
  const priority: unknown = Reflect.get(workflow.spec, "priority");
  return typeof priority === "number" ? String(priority) : undefined;
}

function creationPart(workflow: Workflow, format: (timeMs: number) => string | undefined): string | undefined {
  const timeMs = parseTime(workflow.metadata.creationTimestamp);
  return timeMs === undefined ? undefined : format(timeMs);
}

function mapJson(map: Readonly<Record<string, string>> | undefined): string {
  return map === undefined ? "null" : goJson(sortedKeys(map));
}
