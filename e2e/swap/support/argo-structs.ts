import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";

/** What Argo's Go struct NodeResult holds after json.Unmarshal: what it has no field for is dropped. */
export interface ArgoNodeResult {
  readonly phase: string;
  readonly message: string;
  readonly progress: string;
  readonly outputs?: {
    readonly parameters?: readonly { readonly name: string; readonly value?: string }[];
    readonly result?: string;
    readonly exitCode?: string;
  };
}

/** Throws where Go would: at a value of another type. `null` leaves a field as it is, in Go, too. */
export function decodeNodeResult(value: JsonValue): ArgoNodeResult {
  const json = objectAt(value, "result");
  const outputs = json["outputs"];
  return {
    phase: textAt(json, "phase") ?? "",
    message: textAt(json, "message") ?? "",
    progress: textAt(json, "progress") ?? "",
    ...(outputs === undefined || outputs === null ? {} : { outputs: decodeOutputs(objectAt(outputs, "outputs")) }),
  };
}

function decodeOutputs(json: JsonObject): NonNullable<ArgoNodeResult["outputs"]> {
  const parameters = json["parameters"];
  if (parameters !== undefined && parameters !== null && !Array.isArray(parameters))
    throw new Error("cannot unmarshal outputs.parameters into Go value of type []v1alpha1.Parameter");
  const result = textAt(json, "result");
  const exitCode = textAt(json, "exitCode");
  return {
    ...(parameters === undefined || parameters === null ? {} : { parameters: parameters.map(decodeParameter) }),
    ...(result === undefined ? {} : { result }),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

function decodeParameter(value: JsonValue): { readonly name: string; readonly value?: string } {
  const json = objectAt(value, "parameter");
  const text = textAt(json, "value");
  return { name: textAt(json, "name") ?? "", ...(text === undefined ? {} : { value: text }) };
}

function objectAt(value: JsonValue, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Error(`cannot unmarshal ${what} into a Go struct: ${JSON.stringify(value)}`);
}

function textAt(json: JsonObject, field: string): string | undefined {
  const value = json[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw new Error(`cannot unmarshal ${field} into Go value of type string: ${JSON.stringify(value)}`);
}
