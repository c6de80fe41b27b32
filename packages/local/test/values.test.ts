import { describe, expect, it } from "vitest";
import { humanDuration } from "../src/kinds/columns/human-duration.ts";
import { parseJsonPath } from "../src/kinds/columns/json-path.ts";
import { compareVersions } from "../src/kinds/kind-registry.ts";
import { canonicalQuantity } from "../src/schema/quantity.ts";

describe("quantities", () => {
  it.each([
    ["0", "0"],
    ["0.5", "500m"],
    ["1000m", "1"],
    ["1500m", "1500m"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["64M", "64M"],
    ["1000", "1k"],
    ["1e3", "1e3"],
    ["12e6", "12e6"],
    ["100E", "100E"],
    ["0.1Ki", "102400m"],
    ["-0.5", "-500m"],
    ["+5", "5"],
    [".5", "500m"],
    ["1n", "1n"],
    ["0.1n", "1n"],
    ["007", "7"],
  ])("%s is written %s", (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  it.each(["", "a lot", "1 Gi", "1.2.3", "Mi", "1X", "0x10", "--1", "1ki"])("%j is none", (text) => {
    expect(canonicalQuantity(text)).toBeUndefined();
  });
});

describe("ages", () => {
  const [second, minute, hour, day, year] = [1000, 60_000, 3_600_000, 86_400_000, 31_536_000_000];
  it.each([
    [0, "0s"],
    [-500, "0s"],
    [-5 * second, "<invalid>"],
    [119 * second, "119s"],
    [2 * minute, "2m"],
    [9 * minute + 5 * second, "9m5s"],
    [45 * minute, "45m"],
    [5 * hour + 10 * minute, "5h10m"],
    [30 * hour, "30h"],
    [3 * day + 4 * hour, "3d4h"],
    [100 * day, "100d"],
    [3 * year + 10 * day, "3y10d"],
    [9 * year, "9y"],
  ])("%i ms are %s", (durationMs, text) => {
    expect(humanDuration(durationMs)).toBe(text);
  });
});

describe("paths of columns", () => {
  const object = { spec: { items: [{ name: "a" }, { name: "b" }], "with.dot": 1 }, status: {} };
  it.each([
    [".spec.items[0].name", "a"],
    [".spec.items[-1].name", "b"],
    [".spec.items[*].name", "a"],
    [".spec['with.dot']", 1],
    [String.raw`.spec.with\.dot`, 1],
    [".status.phase", undefined],
    [".spec.items.name", undefined],
  ])("%s leads to %s", (path, value) => {
    expect(parseJsonPath(path)?.(object)).toBe(value);
  });

  it("are not followed where they filter", () => {
    expect(parseJsonPath('.spec.items[?(@.name=="a")]')).toBeUndefined();
  });
});

it("versions are sorted as Kubernetes prefers them", () => {
  const versions = ["v1alpha1", "v2", "v1beta2", "foo", "v10", "v1", "v1beta10"];
  expect(versions.sort(compareVersions)).toEqual(["v10", "v2", "v1", "v1beta10", "v1beta2", "v1alpha1", "foo"]);
});
