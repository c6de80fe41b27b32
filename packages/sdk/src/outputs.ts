import type { Outputs } from "@outrigger/types";

export interface OutputOptions {
  /** Output parameters by name. Text stays as it is; anything else becomes compact JSON. What is undefined is left out. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** What the step answers as a whole: `{{steps.x.outputs.result}}`. */
  readonly result?: unknown;
}

export type ResultOutputs = Pick<Outputs, "parameters" | "result">;

/** Outputs as they travel: names and text. */
export function outputsOf({ outputs = {}, result }: OutputOptions): ResultOutputs | undefined {
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

function jsonOf(value: unknown, place: string): string {
  try {
    const json = JSON.stringify(value) as string | undefined;
    if (json !== undefined) return json;
  } catch (error) {
    throw new TypeError(`${place} has no JSON form`, { cause: error });
  }
  throw new TypeError(`${place} has no JSON form: it is a ${typeof value}`);
}
