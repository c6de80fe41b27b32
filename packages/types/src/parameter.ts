import { anyString, json, list, object, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import type { JsonValue } from "./parse/json.ts";

/** Where an output (or input) parameter takes its value from. */
export interface ValueFrom {
  /** A tag such as `{{steps.a.outputs.parameters.x}}`, in a template of steps or tasks. */
  readonly parameter?: string;
  /** Meaningful to containers only; in a plugin template it merely declares the output, the plugin supplies the value. */
  readonly path?: string;
  readonly default?: string;
  readonly expression?: string;
  readonly configMapKeyRef?: ConfigMapKeyRef;
}

/** An entry of a ConfigMap of the Workflow's namespace. */
export interface ConfigMapKeyRef {
  readonly name: string;
  readonly key: string;
}

/** A named value. Values are text always: numbers, booleans and objects in a manifest are taken as their JSON. */
export interface Parameter {
  readonly name: string;
  readonly value?: string;
  readonly default?: string;
  readonly enum?: readonly string[];
  readonly valueFrom?: ValueFrom;
  readonly globalName?: string;
  readonly description?: string;
}

export interface Inputs {
  readonly parameters?: readonly Parameter[];
  readonly artifacts?: JsonValue;
}

export interface Outputs {
  readonly parameters?: readonly Parameter[];
  readonly artifacts?: JsonValue;
  /** What the step answered as a whole; `{{steps.x.outputs.result}}`. */
  readonly result?: string;
  readonly exitCode?: string;
}

export type Arguments = Inputs;

const valueFromParser: Parser<ValueFrom> = object<ValueFrom>({
  parameter: string,
  path: string,
  default: anyString,
  expression: string,
  configMapKeyRef: object<ConfigMapKeyRef>({ name: string, key: string }, { required: ["name", "key"] }),
});

export const parameterParser: Parser<Parameter> = object<Parameter>(
  {
    name: string,
    value: anyString,
    default: anyString,
    enum: list(anyString),
    valueFrom: valueFromParser,
    globalName: string,
    description: string,
  },
  { required: ["name"] },
);

export const inputsParser: Parser<Inputs> = object<Inputs>({ parameters: list(parameterParser), artifacts: json });

export const outputsParser: Parser<Outputs> = object<Outputs>({
  parameters: list(parameterParser),
  artifacts: json,
  result: anyString,
  exitCode: anyString,
});

/** The value of a parameter list by name; undefined where it is absent. */
export function findParameter(parameters: readonly Parameter[] | undefined, name: string): Parameter | undefined {
  return parameters?.find((parameter) => parameter.name === name);
}
