import type { Outputs } from "@outrigger/types";

/** Output parameters by name. Text stays as it is; anything else becomes compact JSON. What is undefined is left out. */
export type OutputValues = Readonly<Record<string, unknown>>;

/** What a step leaves behind. */
export interface OutputOptions {
  /** Output parameters, by name. */
  readonly outputs?: OutputValues | undefined;
  /** What the step answers as a whole: `{{steps.x.outputs.result}}`. */
  readonly result?: unknown;
}

type TravellingOutputs = Pick<Outputs, "parameters" | "result">;

/** Outputs as they travel: names and text. */
export function outputsOf(outputs: OutputValues, result: unknown): TravellingOutputs | undefined {
  const parameters = Object.entries(outputs)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value: textOf(value, `outputs.${name}`) }));
  if (parameters.length === 0 && result === undefined) return undefined;
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(result === undefined ? {} : { result: textOf(result, "result") }),
  };
}

function textOf(value: unknown, place: string): string {
  if (typeof value === "string") return value;
  const json = jsonOf(value, place);
  const plain: unknown = JSON.parse(json);
  return typeof plain === "string" ? plain : json; // such as a Date
}

/** Throws a TypeError that names the place, where a value has no JSON form. */
export function jsonOf(value: unknown, place: string): string {
  try {
    const json = JSON.stringify(value) as string | undefined;
    if (json !== undefined) return json;
  } catch (error) {
    throw new TypeError(`${place} has no JSON form`, { cause: error });
  }
  throw new TypeError(`${place} has no JSON form: it is a ${typeof value}`);
}
