import { isJsonObject } from "@outrigger/types";

type Step = string | number;

/** Finds the first value at a simple JSONPath, as columns of a CustomResourceDefinition use them: `.status.phase`, `.spec.items[0].name`. */
export type JsonPath = (value: unknown) => unknown;

const STEP = /\.((?:[\w-]|\\.)+)|\.?\['((?:[^'\\]|\\.)*)'\]|\.?\["((?:[^"\\]|\\.)*)"\]|\[(-?\d+|\*)\]/y;

/** Answers undefined for a path that it cannot follow, such as one with a filter. */
export function parseJsonPath(path: string): JsonPath | undefined {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  let end = 0;
  for (let match = STEP.exec(path); match !== null; match = STEP.exec(path)) {
    steps.push(readStep(match));
    end = STEP.lastIndex;
  }
  if (end !== path.length || steps.length === 0) return undefined;
  return (value) => steps.reduce(follow, value);
}

function readStep(match: RegExpExecArray): Step {
  const [, plain, single, double, index] = match;
  if (index !== undefined) return index === "*" ? 0 : Number(index);
  return (plain ?? single ?? double ?? "").replaceAll(/\\(.)/g, "$1");
}

function follow(value: unknown, step: Step): unknown {
  if (typeof step === "number") return Array.isArray(value) ? (value as unknown[]).at(step) : undefined;
  if (!isJsonObject(value) || !Object.hasOwn(value, step)) return undefined;
  return value[step];
}
