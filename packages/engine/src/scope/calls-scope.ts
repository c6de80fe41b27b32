import type { NodeStatus, Parameter } from "@outrigger/types";
import { own } from "../own.ts";
import { aggregatedParameter, aggregatedParameters, aggregatedResults } from "./aggregate.ts";
import { ABSENT } from "./scope.ts";
import type { Scope, TagValue } from "./scope.ts";

/** A step or task that has come to its end. */
export interface CalledNode {
  /** Its node; for a loop, the node that stands for all iterations. */
  readonly node: NodeStatus;
  /** The iterations, if it is a loop. */
  readonly iterations?: readonly NodeStatus[];
  /** What its template says it puts out. */
  readonly declared: readonly Parameter[];
}

/** Which steps or tasks can be seen from some place. */
export interface CalledNodes {
  find(name: string): CalledNode | undefined;
  names(): Iterable<string>;
}

const OUTPUT_PARAMETERS = "outputs.parameters";
const OUTPUT_PARAMETER = `${OUTPUT_PARAMETERS}.`;

type Field = (called: CalledNode) => TagValue;

const FIELDS: Readonly<Record<string, Field>> = {
  id: ({ node }) => node.id,
  status: ({ node }) => node.phase,
  startedAt: ({ node }) => wholeSeconds(node.startedAt),
  finishedAt: ({ node }) => wholeSeconds(node.finishedAt),
  exitCode: ({ node }) => node.outputs?.exitCode,
  "outputs.result": (called) =>
    called.iterations === undefined
      ? (called.node.outputs?.result ?? nothing(called.node))
      : aggregatedResults(called.iterations),
  [OUTPUT_PARAMETERS]: ({ iterations }) => (iterations === undefined ? undefined : aggregatedParameters(iterations)),
};

/** `steps.<name>.…` or `tasks.<name>.…`. */
export function callsScope(root: "steps" | "tasks", called: CalledNodes): Scope {
  const prefix = `${root}.`;
  return {
    get(name) {
      if (!name.startsWith(prefix)) return undefined;
      const end = name.indexOf(".", prefix.length);
      if (end < 0) return undefined;
      const found = called.find(name.slice(prefix.length, end));
      return found === undefined ? undefined : fieldOf(found, name.slice(end + 1));
    },
    *names() {
      for (const name of called.names()) {
        const found = called.find(name);
        if (found !== undefined) for (const field of fieldsOf(found)) yield `${prefix}${name}.${field}`;
      }
    },
  };
}

function fieldOf(called: CalledNode, field: string): TagValue {
  const known = own(FIELDS, field);
  if (known !== undefined) return known(called);
  if (!field.startsWith(OUTPUT_PARAMETER)) return undefined;
  const name = field.slice(OUTPUT_PARAMETER.length);
  if (called.iterations !== undefined) return aggregatedParameter(called.iterations, name);
  return (
    called.node.outputs?.parameters?.find((parameter) => parameter.name === name)?.value ?? undelivered(called, name)
  );
}

function wholeSeconds(time: string | undefined): string | undefined {
  return time?.replace(/\.\d+Z$/, "Z");
}

// A value that was promised and did not come: the declared default stands in.
function undelivered(called: CalledNode, name: string): TagValue {
  const promised = called.declared.find((parameter) => parameter.name === name);
  return promised === undefined ? undefined : (promised.valueFrom?.default ?? nothing(called.node));
}

function nothing(node: NodeStatus): TagValue {
  return node.phase === "Skipped" || node.phase === "Omitted" ? ABSENT : undefined;
}

// What could be asked for and has a value.
function fieldsOf(called: CalledNode): readonly string[] {
  const parameters = [...(called.node.outputs?.parameters ?? []), ...called.declared];
  const named = new Set(parameters.map(({ name }) => OUTPUT_PARAMETER + name));
  return [...Object.keys(FIELDS), ...named].filter((field) => typeof fieldOf(called, field) === "string");
}
