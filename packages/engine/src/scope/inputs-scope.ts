import type { Inputs, Parameter } from "@outrigger/types";
import { parametersJson } from "./parameters-json.ts";
import type { Scope } from "./scope.ts";

const PREFIX = "inputs.parameters.";

/** `inputs.parameters` and `inputs.parameters.<name>` of a template that runs. */
export function inputsScope(inputs: Inputs | undefined): Scope {
  const parameters = inputs?.parameters ?? [];
  let byName: ReadonlyMap<string, Parameter> | undefined;
  return {
    get(name) {
      if (name === "inputs.parameters") return parametersJson(parameters);
      if (!name.startsWith(PREFIX)) return undefined;
      byName ??= new Map(parameters.map((parameter) => [parameter.name, parameter]));
      return byName.get(name.slice(PREFIX.length))?.value;
    },
    names: () => parameters.map((parameter) => PREFIX + parameter.name),
  };
}
