import type { KubeObject, Parser, Result } from "@outrigger/types";

/**
 * Parses each object of a cache once, however often it is looked at. Objects of a cache are never written to: a newer state is
 * another object.
 */
export function parseOnce<T>(parser: Parser<T>): (object: KubeObject) => Result<T> {
  const results = new WeakMap<KubeObject, Result<T>>();
  return (object) => {
    let result = results.get(object);
    if (result === undefined) {
      result = parser(object, "");
      results.set(object, result);
    }
    return result;
  };
}
