/** What stands at `status.phase` or `items.0.name` of an answer; undefined if nothing does. */
export function valueAt(answer: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, name) => {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    return (found as Readonly<Record<string, unknown>>)[name];
  }, answer);
}

/** The same as text; undefined for what is no text, number or boolean. */
export function textAt(answer: unknown, path: string): string | undefined {
  const value = valueAt(answer, path);
  return ["string", "number", "boolean"].includes(typeof value) && value !== "" ? String(value) : undefined;
}
