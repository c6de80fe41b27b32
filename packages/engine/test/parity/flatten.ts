/** The leaves of a JSON value by their path: `{a: {b: 1}}` becomes `{"a.b": "1"}`. Lists count as leaves. */
export function flatten(value: unknown, path = ""): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { [path]: JSON.stringify(value) };
  const parts = Object.entries(value).map(([key, item]) => flatten(item, path === "" ? key : `${path}.${key}`));
  return Object.assign({}, ...parts) as Record<string, string>;
}
