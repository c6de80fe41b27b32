import { describe, expect, it } from "vitest";
import { CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS, apiVersionOf } from "../../src/index.ts";
import { configMapBody, eventually, gadgetBody, refOf, refusal } from "./scene.ts";
import type { Scene } from "./scene.ts";

export function creatingCases(scene: () => Scene): void {
  describe("creating", () => {
    it("answers the object as it is stored", async () => {
      const { client, configMap, namespace } = scene();
      const created = await configMap({ data: { a: "1" } }, { app: "x" });
      expect(created).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } });
      expect(created.metadata).toMatchObject({ namespace, labels: { app: "x" } });
      expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(created.metadata.resourceVersion).toMatch(/^\d+$/);
      expect(created.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(await client.get(CONFIG_MAPS, refOf(created))).toEqual(created);
    });

    it("makes up names", async () => {
      const { client, namespace } = scene();
      const body = configMapBody({ generateName: "made-" } as never);
      const made = await Promise.all([1, 2, 3].map(() => client.create(CONFIG_MAPS, namespace, body)));
      const names = made.map(({ metadata }) => metadata.name);
      expect(new Set(names).size).toBe(3);
      for (const name of names) expect(name).toMatch(/^made-[a-z0-9]{5}$/);
    });

    it("refuses what is there already, what is not valid, and a namespace that is not there", async () => {
      const { client, configMap, namespace } = scene();
      const { name } = refOf(await configMap());
      const create = (body: object, into = namespace) => refusal(client.create(CONFIG_MAPS, into, body));
      expect(await create(configMapBody({ name }))).toBe("AlreadyExists");
      expect(await create(configMapBody({ name: "Not_A_Name" }))).toBe("Invalid");
      expect(await create(configMapBody({ name }), "no-such-namespace")).toBe("NotFound");
    });

    it("lets exactly one of many have a name", async () => {
      const { client, ref } = scene();
      const { namespace, name } = ref();
      const body = configMapBody({ name });
      const all = await Promise.all(
        Array.from({ length: 8 }, () => refusal(client.create(CONFIG_MAPS, namespace, body))),
      );
      expect(all.filter((reason) => reason === "AlreadyExists")).toHaveLength(7);
      expect(all.filter((reason) => reason === undefined)).toHaveLength(1);
    });
  });
}

export function kindCases(scene: () => Scene): void {
  describe("some kinds and calls", () => {
    it("stores nothing in a dry run", async () => {
      const { client, ref } = scene();
      const target = ref();
      const dry = await client.create(CONFIG_MAPS, target.namespace, configMapBody(target), { dryRun: true });
      expect(dry.metadata.name).toBe(target.name);
      expect(await refusal(client.get(CONFIG_MAPS, target))).toBe("NotFound");
    });

    it("turns a secret's text into data", async () => {
      const { client, ref } = scene();
      const target = ref();
      const body = { apiVersion: "v1", kind: "Secret", metadata: target, stringData: { key: "wörd" } };
      const created = await client.create(SECRETS, target.namespace, body);
      expect(created).toMatchObject({ type: "Opaque", data: { key: Buffer.from("wörd").toString("base64") } });
      expect(created["stringData"]).toBeUndefined();
    });

    it("issues a token for a service account", async () => {
      const { client, ref } = scene();
      const target = ref();
      await client.create(SERVICE_ACCOUNTS, target.namespace, {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: target,
      });
      const request = {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: 600 },
      };
      const answer = await client.createSubresource(SERVICE_ACCOUNTS, target, "token", request);
      expect(answer).toMatchObject({ status: { token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) } });
      expect(answer).toMatchObject({ status: { expirationTimestamp: expect.stringMatching(/Z$/) } });
      expect(await refusal(client.createSubresource(SERVICE_ACCOUNTS, ref(), "token", request))).toBe("NotFound");
    });
  });
}

export function replacingCases(scene: () => Scene): void {
  describe("replacing", () => {
    it("takes the version that is there, and refuses an older one", async () => {
      const { client, configMap } = scene();
      const first = await configMap({ data: { a: "1" } });
      const second = await client.replace(CONFIG_MAPS, refOf(first), { ...first, data: { b: "2" } });
      expect(second["data"]).toEqual({ b: "2" });
      expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
      expect(await refusal(client.replace(CONFIG_MAPS, refOf(first), first))).toBe("Conflict");
      expect(await client.get(CONFIG_MAPS, refOf(first))).toEqual(second);
    });

    it("refuses what is not there, and what is another object of that name", async () => {
      const { client, configMap, ref } = scene();
      const target = ref();
      expect(await refusal(client.replace(CONFIG_MAPS, target, configMapBody(target)))).toBe("NotFound");
      const { metadata } = await configMap();
      const other = configMapBody({ ...metadata, resourceVersion: undefined, uid: crypto.randomUUID() } as never);
      expect(await refusal(client.replace(CONFIG_MAPS, refOf({ metadata }), other))).toBe("Conflict");
    });

    it("keeps the version of what does not change", async () => {
      const { client, configMap } = scene();
      const stored = await configMap({ data: { a: "1" } });
      expect(await client.replace(CONFIG_MAPS, refOf(stored), stored)).toEqual(stored);
    });

    it("loses no update when all try again after a conflict", async () => {
      const { client, configMap } = scene();
      const target = refOf(await configMap({ data: { count: "0" } }));
      const increment = () =>
        eventually(async () => {
          const current = await client.get(CONFIG_MAPS, target);
          const { count } = current["data"] as { count: string };
          const next = { ...current, data: { count: String(Number(count) + 1) } };
          return (await refusal(client.replace(CONFIG_MAPS, target, next))) === undefined ? true : undefined;
        });
      await Promise.all(Array.from({ length: 6 }, increment));
      expect(await client.get(CONFIG_MAPS, target)).toMatchObject({ data: { count: "6" } });
    });
  });
}

export function statusCases(scene: () => Scene): void {
  describe("a status that is a subresource", () => {
    it("keeps spec and status apart", async () => {
      const { client, gadgets, ref } = scene();
      const target = ref();
      const body = gadgetBody(scene(), target, { spec: { a: 1 }, status: { ignored: true } });
      const created = await client.create(gadgets, target.namespace, body);
      expect(created).toMatchObject({ apiVersion: apiVersionOf(gadgets), kind: "Gadget", metadata: { generation: 1 } });
      expect(created["status"]).toBeUndefined();
      const both = { ...created, spec: { a: 2 }, status: { done: true } };
      const reported = await client.replace(gadgets, target, both, { subresource: "status" });
      expect(reported).toMatchObject({ spec: { a: 1 }, status: { done: true }, metadata: { generation: 1 } });
      const { resourceVersion } = reported.metadata;
      const next = { ...both, status: {}, metadata: { ...both.metadata, resourceVersion } };
      const changed = await client.replace(gadgets, target, next);
      expect(changed).toMatchObject({ spec: { a: 2 }, status: { done: true }, metadata: { generation: 2 } });
    });
  });
}

export function deletingCases(scene: () => Scene): void {
  describe("deleting", () => {
    it("removes, and says so when there is nothing to remove", async () => {
      const { client, configMap } = scene();
      const target = refOf(await configMap());
      await client.delete(CONFIG_MAPS, target);
      expect(await refusal(client.get(CONFIG_MAPS, target))).toBe("NotFound");
      expect(await refusal(client.delete(CONFIG_MAPS, target))).toBe("NotFound");
    });

    it("spares what is not the very object, or not the very version", async () => {
      const { client, configMap } = scene();
      const { metadata } = await configMap();
      const target = refOf({ metadata });
      const { uid = "", resourceVersion = "" } = metadata;
      expect(await refusal(client.delete(CONFIG_MAPS, target, { uid: crypto.randomUUID() }))).toBe("Conflict");
      expect(await refusal(client.delete(CONFIG_MAPS, target, { resourceVersion: "1" }))).toBe("Conflict");
      await client.delete(CONFIG_MAPS, target, { uid, resourceVersion });
      expect(await refusal(client.get(CONFIG_MAPS, target))).toBe("NotFound");
    });

    it("waits for finalizers", async () => {
      const { client, ref } = scene();
      const target = ref();
      const metadata = { ...target, finalizers: ["contract.outrigger.dev/hold"] };
      await client.create(CONFIG_MAPS, target.namespace, configMapBody(metadata));
      await client.delete(CONFIG_MAPS, target);
      const held = await client.get(CONFIG_MAPS, target);
      expect(held.metadata.deletionTimestamp).toMatch(/Z$/);
      await client.patch(CONFIG_MAPS, target, { type: "merge", body: { metadata: { finalizers: null } } });
      expect(await refusal(client.get(CONFIG_MAPS, target))).toBe("NotFound");
    });

    it("takes along what the object owns", async () => {
      const { client, configMap, ref } = scene();
      const owner = await configMap();
      const owned = ref();
      const { name, uid } = owner.metadata;
      const metadata = { ...owned, ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name, uid }] };
      await client.create(CONFIG_MAPS, owned.namespace, configMapBody(metadata));
      await client.delete(CONFIG_MAPS, refOf(owner), { propagationPolicy: "Background" });
      const gone = async () => ((await refusal(client.get(CONFIG_MAPS, owned))) === "NotFound" ? true : undefined);
      expect(await eventually(gone)).toBe(true);
    });
  });
}
