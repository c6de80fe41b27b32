import type { JsonValue, NodeStatus, Parameter } from "@outrigger/types";
import { goJson, goJsonMap } from "../expressions/go-json.ts";

/**
 * What the iterations of a loop answered, as one JSON list in the order of the loop. Only iterations that succeeded count.
 * A result that is no JSON stands in the list as text.
 */
export function aggregatedResults(iterations: readonly NodeStatus[]): string {
  const results = succeeded(iterations).flatMap(({ outputs }) => outputs?.result ?? []);
  return listOf(results.map((text) => (parsed(text) === undefined ? goJson(text) : text.trim())));
}

/** `[{"x":"1"},{"x":"2"}]`: the output parameters of each iteration. */
export function aggregatedParameters(iterations: readonly NodeStatus[]): string {
  const maps = succeeded(iterations).flatMap(({ outputs }) =>
    outputs?.parameters === undefined || outputs.parameters.length === 0 ? [] : [valuesByName(outputs.parameters)],
  );
  return listOf(maps.map(goJsonMap));
}

/** The values of one output parameter: as JSON if all are lists or objects, else as text. */
export function aggregatedParameter(iterations: readonly NodeStatus[], name: string): string {
  const values = succeeded(iterations).flatMap(
    ({ outputs }) => outputs?.parameters?.find((parameter) => parameter.name === name)?.value ?? [],
  );
  return listOf(values.every(isContainer) ? values.map((value) => value.trim()) : values.map(goJson));
}

function listOf(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

function succeeded(iterations: readonly NodeStatus[]): readonly NodeStatus[] {
  return iterations.filter(({ phase }) => phase === "Succeeded");
}

function valuesByName(parameters: readonly Parameter[]): Readonly<Record<string, string>> {
  return Object.fromEntries(parameters.map(({ name, value = "" }) => [name, value]));
}

function isContainer(text: string): boolean {
  const value = parsed(text);
  return typeof value === "object" && value !== null;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
