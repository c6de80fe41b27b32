import type { KubeObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { CONFIG_MAPS, SECRETS } from "../../src/index.ts";
import { configMapBody, gadgetBody, refOf, refusal } from "./scene.ts";
import type { Scene } from "./scene.ts";

export function patchingCases(scene: () => Scene): void {
  describe("patching", () => {
    it("merges: null removes, lists are replaced", async () => {
      const { client, gadgets, ref } = scene();
      const target = ref();
      await client.create(
        gadgets,
        target.namespace,
        gadgetBody(scene(), target, { spec: { a: 1, b: { c: 2 }, d: [1, 2] } }),
      );
      const body = { spec: { a: null, b: { e: 3 }, d: [9] } };
      const patched = await client.patch(gadgets, target, { type: "merge", body });
      expect(patched).toMatchObject({ kind: "Gadget", metadata: { generation: 2 } });
      expect(patched["spec"]).toEqual({ b: { c: 2, e: 3 }, d: [9] });
    });

    it("follows a JSON patch, or refuses all of it when a test in it fails", async () => {
      const { client, gadgets, ref } = scene();
      const target = ref();
      await client.create(gadgets, target.namespace, gadgetBody(scene(), target, { spec: { a: 1, b: [1, 2] } }));
      const patch = (body: object) => client.patch(gadgets, target, { type: "json", body });
      const patched = await patch([
        { op: "test", path: "/spec/a", value: 1 },
        { op: "replace", path: "/spec/a", value: 3 },
        { op: "remove", path: "/spec/b/0" },
        { op: "add", path: "/spec/x~1y", value: 4 },
      ]);
      expect(patched["spec"]).toEqual({ a: 3, b: [2], "x/y": 4 });
      const failing = [
        { op: "remove", path: "/spec/a" },
        { op: "test", path: "/spec/x~1y", value: 5 },
      ];
      expect(await refusal(patch(failing))).toBe("Invalid");
      expect(await client.get(gadgets, target)).toEqual(patched);
    });

    it("merges lists by their keys in a strategic patch, which a custom kind does not know", async () => {
      const { client, configMap, gadgets, ref } = scene();
      const target = ref();
      const owners = await Promise.all([1, 2].map(async () => ownerReference(await configMap())));
      const metadata = { ...target, finalizers: ["a.dev/x"], ownerReferences: owners.slice(0, 1) };
      await client.create(SECRETS, target.namespace, { apiVersion: "v1", kind: "Secret", metadata });
      const more = { finalizers: ["a.dev/y"], ownerReferences: owners.slice(1) };
      const patch = { type: "strategic", body: { metadata: more } } as const;
      const patched = await client.patch(SECRETS, target, patch, { dryRun: true });
      expect(patched.metadata.finalizers?.toSorted()).toEqual(["a.dev/x", "a.dev/y"]);
      expect(patched.metadata.ownerReferences).toHaveLength(2);
      await client.patch(SECRETS, target, { type: "merge", body: { metadata: { finalizers: null } } });
      await client.create(gadgets, target.namespace, gadgetBody(scene(), target, {}));
      await expect(client.patch(gadgets, target, patch)).rejects.toMatchObject({ status: 415 });
    });
  });
}

export function patchingTogetherCases(scene: () => Scene): void {
  describe("patching while others do", () => {
    it("merges into the status without touching the rest", async () => {
      const { client, gadgets, ref } = scene();
      const target = ref();
      await client.create(gadgets, target.namespace, gadgetBody(scene(), target, { spec: { a: 1 } }));
      const body = { spec: { a: 2 }, status: { nodes: { x: { phase: "Running" } } } };
      await client.patch(gadgets, target, { type: "merge", body }, { subresource: "status" });
      const more = { status: { nodes: { x: null, y: { phase: "Failed" } } } };
      const patched = await client.patch(gadgets, target, { type: "merge", body: more }, { subresource: "status" });
      expect(patched).toMatchObject({ spec: { a: 1 }, metadata: { generation: 1 } });
      expect(patched["status"]).toEqual({ nodes: { y: { phase: "Failed" } } });
    });

    it("refuses to patch what is not there, and what has changed since", async () => {
      const { client, configMap, ref } = scene();
      const patch = (resourceVersion?: string) =>
        ({ type: "merge", body: { metadata: { resourceVersion }, data: { a: "1" } } }) as const;
      expect(await refusal(client.patch(CONFIG_MAPS, ref(), patch()))).toBe("NotFound");
      const { metadata } = await configMap();
      await client.patch(CONFIG_MAPS, refOf({ metadata }), patch(metadata.resourceVersion));
      const late = client.patch(CONFIG_MAPS, refOf({ metadata }), { ...patch(metadata.resourceVersion) });
      expect(await refusal(late)).toBe("Conflict");
    });

    it("loses none of many patches at once", async () => {
      const { client, configMap } = scene();
      const target = refOf(await configMap());
      const keys = Array.from({ length: 12 }, (_, index) => `k${index}`);
      await Promise.all(
        keys.map((key) => client.patch(CONFIG_MAPS, target, { type: "merge", body: { data: { [key]: "1" } } })),
      );
      const stored = await client.get(CONFIG_MAPS, target);
      expect(stored["data"]).toEqual(Object.fromEntries(keys.map((key) => [key, "1"])));
    });
  });
}

export function applyingCases(scene: () => Scene): void {
  describe("applying", () => {
    it("creates, updates, and guards what another manager owns", async () => {
      const { client, ref } = scene();
      const target = ref();
      const apply = (data: object, fieldManager: string, force?: boolean) =>
        client.patch(
          CONFIG_MAPS,
          target,
          { type: "apply", body: configMapBody(target, { data }) },
          { fieldManager, ...(force === undefined ? {} : { force }) },
        );
      await apply({ a: "1", b: "1" }, "one");
      expect((await apply({ b: "2" }, "one"))["data"]).toEqual({ b: "2" });
      expect(await refusal(apply({ b: "3" }, "two"))).toBe("Conflict");
      expect((await apply({ b: "3" }, "two", true))["data"]).toEqual({ b: "3" });
    });
  });
}

function ownerReference({ metadata }: KubeObject): object {
  const { name, uid } = metadata;
  return { apiVersion: "v1", kind: "ConfigMap", name, uid };
}
