import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLocalCluster } from "../src/index.ts";
import type { LocalCluster } from "../src/index.ts";
import { at, listAt, objectAt, textAt } from "../src/json/at.ts";
import { History } from "../src/store/history.ts";
import { StoredObject } from "../src/store/stored-object.ts";
import { deployedCrds } from "./support/crds.ts";
import { RawApi } from "./support/raw-api.ts";

const NS = "/api/v1/namespaces/default";
const WORKFLOWS = "/apis/argoproj.io/v1alpha1/namespaces/default/workflows";
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

let cluster: LocalCluster;
let api: RawApi;
beforeAll(async () => {
  cluster = await startLocalCluster({ crds: deployedCrds() });
  api = new RawApi(cluster);
});
afterAll(async () => {
  api.close();
  await cluster.stop();
});

function definition(plural: string, schema: JsonObject, versions: readonly string[] = ["v1"]): JsonObject {
  const names = { plural, kind: plural.toUpperCase() };
  const all = versions.map((name, index) => ({
    name,
    served: true,
    storage: index === 0,
    schema: { openAPIV3Schema: schema },
  }));
  return {
    metadata: { name: `${plural}.example.com` },
    spec: { group: "example.com", scope: "Cluster", names, versions: all },
  };
}

/** Defines a kind and makes an object of it; answers the status of that. */
async function tryObject(plural: string, schema: JsonObject, content: JsonObject): Promise<number> {
  await api.send("POST", DEFINITIONS, definition(plural, schema));
  const object = { apiVersion: "example.com/v1", kind: plural.toUpperCase(), metadata: { name: "a" }, ...content };
  return (await api.send("POST", `/apis/example.com/v1/${plural}`, object)).status;
}

const POD: JsonObject = { containers: [{ name: "c", image: "i" }] };

const LIMITS: Readonly<Record<string, () => Promise<void> | void>> = {
  L1: async () => {
    const attributes = { resourceAttributes: { verb: "delete", resource: "everything" } };
    const review = await api.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
      spec: attributes,
    });
    expect(objectAt(review.body, "status")).toMatchObject({ allowed: true });
    const issued = await api.send("POST", `${NS}/serviceaccounts/default/token`, { spec: {} });
    const authorization = `Bearer ${textAt(issued.body, "status", "token")}`;
    const answer = await fetch(`${cluster.url}/api/v1/secrets`, { headers: { authorization } });
    expect(answer.status).toBe(200);
  },
  L2: async () => {
    const statusOf = async (path: string): Promise<number> => (await fetch(`${cluster.url}${path}`)).status;
    expect(await statusOf("/api")).toBe(401);
    for (const path of ["/healthz", "/livez", "/readyz", "/version"]) expect(await statusOf(path)).toBe(200);
  },
  L3: async () => {
    const deployments = "/apis/apps/v1/namespaces/default/deployments";
    const made = await api.send("POST", deployments, { metadata: { name: "d" }, spec: { replicas: -5 } });
    expect(made.status).toBe(201);
    expect(objectAt(made.body, "spec", "strategy")).toEqual({});
    expect(listAt((await api.send("GET", "/apis/apps/v1/replicasets")).body, "items")).toEqual([]);
  },
  L4: async () => {
    await api.send("POST", `${NS}/resourcequotas`, { metadata: { name: "none" }, spec: { hard: { configmaps: "0" } } });
    expect((await api.send("POST", `${NS}/configmaps`, { metadata: { name: "over-quota" } })).status).toBe(201);
    expect((await api.send("GET", "/apis/admissionregistration.k8s.io/v1")).status).toBe(404);
  },
  L5: async () => {
    expect(listAt((await api.send("GET", "/api/v1/nodes")).body, "items")).toEqual([]);
    const spec = { ...POD, nodeSelector: { "no-such": "label" } };
    expect((await api.send("POST", `${NS}/pods`, { metadata: { name: "selective" }, spec })).status).toBe(201);
  },
  L6: async () => {
    const spec = { ...POD, activeDeadlineSeconds: -1, hostname: "not a name" };
    expect((await api.send("POST", `${NS}/pods`, { metadata: { name: "unchecked" }, spec })).status).toBe(201);
  },
  L7: async () => {
    await api.send("POST", `${NS}/pods`, { metadata: { name: "plain" }, spec: POD });
    const missing = ["exec", "attach", "portforward", "proxy", "eviction", "binding", "ephemeralcontainers", "resize"];
    for (const name of missing) expect((await api.send("POST", `${NS}/pods/plain/${name}`, {})).status).toBe(404);
    expect((await api.send("GET", "/apis/apps/v1/namespaces/default/deployments/d/scale")).status).toBe(404);
  },
  L8: async () => {
    const email = { type: "string", format: "email", "x-kubernetes-validations": [{ rule: "false" }] };
    expect(await tryObject("rules", { type: "object", properties: { spec: email } }, { spec: "no address" })).toBe(201);
  },
  L9: async () => {
    const loose = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    await api.send("POST", DEFINITIONS, definition("doubles", loose, ["v1", "v2"]));
    const body = { apiVersion: "example.com/v1", kind: "DOUBLES", metadata: { name: "a" }, old: "field" };
    await api.send("POST", "/apis/example.com/v1/doubles", body);
    const other = await api.send("GET", "/apis/example.com/v2/doubles/a");
    expect(other.body).toMatchObject({ apiVersion: "example.com/v2", old: "field" });
  },
  L10: async () => {
    const odd = { type: "object", properties: { spec: { type: "no such type", items: 5 } } };
    expect((await api.send("POST", DEFINITIONS, definition("odds", odd))).status).toBe(201);
  },
  L11: async () => {
    const path = `${NS}/configmaps/managed`;
    await api.send("POST", `${NS}/configmaps`, {
      metadata: { name: "managed", managedFields: [{ manager: "x" }] },
      data: { a: "1" },
    });
    const stored = await api.send("GET", path);
    expect(at(stored.body, "metadata", "managedFields")).toBeUndefined();
    const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "managed" }, data: { a: "2" } };
    const applied = await api.send("PATCH", `${path}?fieldManager=other`, config, "application/apply-patch+yaml");
    expect(applied.status).toBe(200);
  },
  L12: async () => {
    const accept = "application/vnd.kubernetes.protobuf";
    expect((await api.sendRaw({ method: "GET", path: `${NS}/configmaps`, headers: { accept } })).status).toBe(406);
  },
  L13: async () => {
    const text =
      '{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"large-number"},"spec":{"n":9007199254740993}}';
    const made = await api.sendRaw({
      method: "POST",
      path: WORKFLOWS,
      headers: { "content-type": "application/json" },
      body: text,
    });
    expect(made.text).toContain('"n":9007199254740992');
  },
  L14: async () => {
    const text = '{"metadata":{"name":"twice-in-body"},"data":{"a":"1","a":"2"}}';
    const path = `${NS}/configmaps?fieldValidation=Strict`;
    const made = await api.sendRaw({
      method: "POST",
      path,
      headers: { "content-type": "application/json" },
      body: text,
    });
    expect(made.status).toBe(201);
    expect(objectAt(made.body, "data")).toEqual({ a: "2" });
  },
  L15: async () => {
    const annotations = (bytes: number): JsonValue => ({ [`example.com/${"k".repeat(40)}`]: "\n".repeat(bytes) });
    // A line feed is two characters of JSON and one byte of protobuf: 200 kB become 400 kB.
    const body = {
      metadata: { name: "escaped", annotations: annotations(200_000) },
      binaryData: { a: "A".repeat(1_390_000) },
    };
    expect((await api.send("POST", `${NS}/configmaps`, body)).body).toMatchObject({
      message: "etcdserver: request is too large",
    });
  },
  L16: async () => {
    const request = {
      method: "POST",
      path: `${NS}/configmaps`,
      headers: { "content-type": "application/json" },
      body: "{bad",
    };
    const { body } = await api.sendRaw(request);
    expect(textAt(body, "message")).toContain("couldn't get version/kind; json parse error: ");
    expect(textAt(body, "message")).not.toContain("invalid character 'b' looking for beginning of object key string");
  },
  L17: async () => {
    expect((await api.send("GET", "/api/v1/watch/configmaps")).status).toBe(404);
  },
  L18: () => {
    const history = new History({ changes: 2, bytes: 1_000_000 }, 0);
    for (const version of [1, 2, 3]) {
      const object = new StoredObject("a", version, { metadata: { name: "a" } });
      history.append({ type: "MODIFIED", version, object, previous: undefined });
    }
    expect([history.reachesBackTo(0), history.reachesBackTo(1)]).toEqual([false, true]);
  },
  L19: async () => {
    const stateDir = mkdtempSync(join(tmpdir(), "outrigger-limits-"));
    for (const status of [201, 201]) {
      const fresh = await startLocalCluster({ stateDir });
      const client = new RawApi(fresh);
      expect((await client.send("POST", `${NS}/configmaps`, { metadata: { name: "forgotten" } })).status).toBe(status);
      client.close();
      await fresh.stop();
    }
    rmSync(stateDir, { recursive: true });
  },
  L20: async () => {
    const session = connect(cluster.url);
    const refused = await new Promise<boolean>((resolve) => {
      session.once("error", () => resolve(true));
      session.once("remoteSettings", () => resolve(false));
    });
    session.destroy();
    expect(refused).toBe(true);
    const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const { address } of others.filter(({ internal, family }) => !internal && family === "IPv4")) {
      await expect(fetch(`http://${address}:${cluster.port}/healthz`)).rejects.toThrow("fetch failed");
    }
  },
  L21: async () => {
    const document = await api.send("GET", "/openapi/v3/api/v1");
    expect(document.text).toContain('"io.k8s.Container"');
    expect(document.text).not.toContain('"description":"Arguments');
    expect(objectAt((await api.send("GET", "/openapi/v2")).body, "definitions")).toEqual({});
  },
  L22: async () => {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const table = await api.sendRaw({ method: "GET", path: "/apis/batch/v1/jobs", headers: { accept } });
    expect(listAt(table.body, "columnDefinitions").map((column) => textAt(column, "name"))).toEqual([
      "Name",
      "Created At",
    ]);
  },
  L23: async () => {
    expect((await api.send("GET", "/metrics")).status).toBe(404);
    expect((await api.send("GET", "/apis/flowcontrol.apiserver.k8s.io/v1")).status).toBe(404);
  },
};

describe("LIMITS.md", () => {
  const text = readFileSync(join(import.meta.dirname, "../LIMITS.md"), "utf8");
  const listed = [...text.matchAll(/^- \*\*(L\d+)\*\* (.*)$/gm)].map(([, id = "", what = ""]) => ({
    id,
    what: what.slice(0, 70),
  }));

  it("has a test for each item, and no test without one", () => {
    expect(Object.keys(LIMITS)).toEqual(listed.map(({ id }) => id));
  });

  it.each(listed)("$id $what", async ({ id }) => {
    await LIMITS[id]?.();
    expect.hasAssertions();
  });
});
