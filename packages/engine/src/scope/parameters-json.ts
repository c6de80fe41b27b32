import type { JsonValue, Parameter } from "@outrigger/types";
import { goJson } from "../expressions/go-json.ts";

// The order in which Argo writes the fields of a parameter.
const FIELDS = ["name", "default", "value", "valueFrom", "globalName", "enum", "description"] as const;

/** A list of parameters as one text, such as `[{"name":"v","value":"1"}]`. */
export function parametersJson(parameters: readonly Parameter[]): string {
  return goJson(
    parameters.map((parameter) =>
      Object.fromEntries(
        FIELDS.flatMap((field) => {
          const value = parameter[field];
          return value === undefined ? [] : [[field, value as JsonValue]];
        }),
      ),
    ),
  );
}
