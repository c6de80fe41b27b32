import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePatch } from "../src/merge-patch.ts";

// RFC 7386, section 2, as the API server applies a patch.
function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const base = typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  const result = base as Record<string, unknown>;
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = apply(result[key], value);
  }
  return result;
}

// What Kubernetes stores has no nulls and no undefined.
const value = fc.letrec((tie) => ({
  json: fc.oneof({ maxDepth: 4 }, fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer()), tie("object")),
  object: fc.dictionary(
    fc.string({ maxLength: 3 }).filter((key) => key !== "__proto__"),
    tie("json"),
  ),
})).object;

describe("the merge patch of a save", () => {
  it("turns what was into what shall be", () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const patch = mergePatch(before, after);
        expect(patch === undefined ? before : apply(before, patch)).toEqual(after);
      }),
    );
  });

  it("is nothing where nothing changed", () => {
    fc.assert(
      fc.property(value, (before) => {
        expect(mergePatch(before, structuredClone(before))).toBeUndefined();
      }),
    );
  });

  it("holds only the nodes that changed", () => {
    const done = { phase: "Succeeded", children: ["a"] };
    const before = { nodes: { one: done, two: { phase: "Pending" } } };
    const after = { nodes: { one: done, two: { phase: "Running" }, three: { phase: "Pending" } } };
    expect(mergePatch(before, after)).toEqual({ nodes: { two: { phase: "Running" }, three: { phase: "Pending" } } });
  });

  it("removes what is gone and reads undefined as gone", () => {
    expect(mergePatch({ a: 1, b: 2 }, { a: undefined })).toEqual({ a: null, b: null });
  });
});
