import type { Parameter, WorkflowSpec } from "@outrigger/types";

/** A spec whose arguments have these values; those that it does not name are added. */
export function withArguments(spec: WorkflowSpec, values: ReadonlyMap<string, string>): WorkflowSpec {
  if (values.size === 0) return spec;
  const given = spec.arguments?.parameters ?? [];
  const changed = given.map((parameter) => withValue(parameter, values.get(parameter.name)));
  const known = new Set(given.map(({ name }) => name));
  const added = [...values].filter(([name]) => !known.has(name)).map(([name, value]) => ({ name, value }));
  return { ...spec, arguments: { ...spec.arguments, parameters: [...changed, ...added] } };
}

function withValue(parameter: Parameter, value: string | undefined): Parameter {
  return value === undefined ? parameter : { ...parameter, value };
}
