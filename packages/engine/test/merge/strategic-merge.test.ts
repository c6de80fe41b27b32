import type { JsonObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { POD_RULES } from "../../src/merge/pod-rules.ts";
import { strategicMerge } from "../../src/merge/strategic-merge.ts";

const POD: JsonObject = {
  hostNetwork: true,
  nodeSelector: { disk: "ssd", zone: "a" },
  tolerations: [{ key: "a" }],
  imagePullSecrets: [{ name: "one" }],
  containers: [
    {
      name: "main",
      image: "m:1",
      args: ["a", "b"],
      env: [{ name: "A", value: "1" }],
      resources: { limits: { cpu: "1" } },
    },
    { name: "beside", image: "b:1" },
  ],
};

function merged(patch: JsonObject): JsonObject | string {
  const result = strategicMerge(POD, patch, POD_RULES);
  return result.ok ? result.value : result.message;
}

const [MAIN, BESIDE] = POD["containers"] as unknown as readonly [JsonObject, JsonObject];

describe("a strategic merge, as Kubernetes does it", () => {
  it.each<readonly [what: string, patch: JsonObject, changed: JsonObject]>([
    ["nothing", {}, {}],
    ["a field", { hostNetwork: false }, { hostNetwork: false }],
    ["a field of a map, and one less", { nodeSelector: { zone: "b", disk: null } }, { nodeSelector: { zone: "b" } }],
    ["a whole map", { nodeSelector: { $patch: "replace", zone: "b" } }, { nodeSelector: { zone: "b" } }],
    ["a map without its fields", { nodeSelector: { $patch: "delete" } }, { nodeSelector: {} }],
    ["only some fields kept", { nodeSelector: { $retainKeys: ["zone"] } }, { nodeSelector: { zone: "a" } }],
    ["a list that is replaced", { tolerations: [{ key: "b" }] }, { tolerations: [{ key: "b" }] }],
    [
      "an item by its key, and a new one",
      {
        containers: [
          { name: "new", image: "n:1" },
          { name: "main", image: "m:2" },
        ],
      },
      { containers: [{ ...MAIN, image: "m:2" }, BESIDE, { name: "new", image: "n:1" }] },
    ],
    ["an item less", { containers: [{ name: "main", $patch: "delete" }] }, { containers: [BESIDE] }],
    ["an item that is not there, less", { containers: [{ name: "ghost", $patch: "delete" }] }, {}],
    [
      "all items",
      { containers: [{ $patch: "replace" }, { name: "only", image: "o:1" }] },
      { containers: [{ name: "only", image: "o:1" }] },
    ],
    [
      "an item of a list within an item",
      {
        containers: [
          { name: "main", env: [{ name: "B", value: "2" }], args: ["c"], resources: { limits: { memory: "1G" } } },
        ],
      },
      {
        containers: [
          {
            ...MAIN,
            args: ["c"],
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
            resources: { limits: { cpu: "1", memory: "1G" } },
          },
          BESIDE,
        ],
      },
    ],
    [
      "an item of a list of plain values, less",
      {
        containers: [{ name: "main", "$deleteFromPrimitiveList/args": ["a"], "$setElementOrder/env": [{ name: "A" }] }],
      },
      { containers: [{ ...MAIN, args: ["b"] }, BESIDE] },
    ],
    [
      "a list that was not there",
      { volumes: [{ name: "v", emptyDir: {} }] },
      { volumes: [{ name: "v", emptyDir: {} }] },
    ],
  ])("changes %s", (_what, patch, changed) => {
    expect(merged(patch)).toEqual({ ...POD, ...changed });
  });

  it.each<readonly [what: string, patch: JsonObject, message: string]>([
    [
      "an item without its key",
      { containers: [{ image: "x" }] },
      "containers[0].name is required: items of this list are told apart by it",
    ],
    ["an item that is none", { volumes: ["v"] }, 'volumes[0] must be an object, not "v"'],
    ["a list that is none", { containers: [{ name: "main", env: {} }] }, "containers[0].env must be a list, not {}"],
    [
      "a directive that nobody knows",
      { nodeSelector: { $patch: "burn" } },
      'nodeSelector.$patch must be merge, replace or delete, not "burn"',
    ],
  ])("refuses %s", (_what, patch, message) => {
    expect(merged(patch)).toBe(message);
  });
});
