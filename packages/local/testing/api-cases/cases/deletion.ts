import type { JsonObject, JsonValue } from "@outrigger/types";
import { uidOf, versionOf } from "../api-case.ts";
import type { CaseApi, CaseGroup } from "../api-case.ts";

async function make(api: CaseApi, metadata: JsonObject): Promise<string> {
  const created = await api.post(`${api.ns}/configmaps`, { metadata }, { quiet: true });
  return uidOf(created);
}

function names(body: JsonValue): JsonValue {
  const { items } = body as { readonly items?: readonly { readonly metadata: { readonly name: string } }[] };
  if (items === undefined) return body;
  return { kind: (body as JsonObject)["kind"] ?? null, items: items.map((item) => item.metadata.name) };
}

export const deletion: CaseGroup = {
  name: "deletion",
  cases: [
    {
      name: "a finalizer holds an object back",
      run: async (api) => {
        const path = `${api.ns}/configmaps/held`;
        await make(api, { name: "held", finalizers: ["example.com/a", "example.com/b"] });
        await api.delete(path);
        await api.delete(path);
        await api.patch(path, { metadata: { finalizers: ["example.com/c"] } });
        await api.patch(path, { data: { a: "still written" } });
        await api.patch(path, { metadata: { finalizers: ["example.com/a"] } });
        await api.patch(path, { metadata: { finalizers: null } });
        await api.get(path);
      },
    },
    {
      name: "an update releases an object too",
      run: async (api) => {
        const path = `${api.ns}/configmaps/released`;
        await make(api, { name: "released", finalizers: ["example.com/a"] });
        const marked = await api.delete(path, undefined, { quiet: true });
        const { finalizers: _gone, ...metadata } = marked.body["metadata"] as JsonObject;
        await api.put(path, { ...marked.body, metadata });
        await api.get(path);
      },
    },
    {
      name: "preconditions",
      run: async (api) => {
        const path = `${api.ns}/configmaps/conditioned`;
        const uid = await make(api, { name: "conditioned" });
        const version = versionOf(await api.get(path, { quiet: true }));
        await api.delete(path, { preconditions: { uid: "another" } });
        await api.delete(path, { preconditions: { resourceVersion: "1" } });
        await api.delete(path, { preconditions: { uid, resourceVersion: version } });
      },
    },
    {
      name: "options of a deletion are checked",
      run: async (api) => {
        const path = `${api.ns}/configmaps/optional`;
        await make(api, { name: "optional" });
        await api.delete(path, { propagationPolicy: "Sideways" });
        await api.delete(path, { propagationPolicy: "Background", orphanDependents: true });
        await api.delete(path, { dryRun: ["Some"] });
        await api.delete(`${path}?propagationPolicy=Sideways`);
        await api.delete(`${path}?gracePeriodSeconds=soon`);
        await api.delete(path, { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 });
      },
    },
    {
      name: "a dry run deletes nothing",
      run: async (api) => {
        const path = `${api.ns}/configmaps/kept`;
        await make(api, { name: "kept", finalizers: ["example.com/a"] });
        await api.delete(path, { dryRun: ["All"] });
        await api.get(path);
        await api.patch(path, { metadata: { finalizers: null } }, { quiet: true });
      },
    },
    {
      name: "an object that orphans what it owns is held by a finalizer",
      run: async (api) => {
        await make(api, { name: "orphaning" });
        await api.delete(`${api.ns}/configmaps/orphaning`, { propagationPolicy: "Orphan" });
        await api.eventually(`${api.ns}/configmaps/orphaning`, ({ status }) => status === 404);
      },
    },
    {
      name: "an object that deletes what it owns first is held by a finalizer",
      run: async (api) => {
        await make(api, { name: "foreground" });
        await api.delete(`${api.ns}/configmaps/foreground`, { propagationPolicy: "Foreground" });
        await api.eventually(`${api.ns}/configmaps/foreground`, ({ status }) => status === 404);
      },
    },
    {
      name: "the older way to say how dependents fare",
      run: async (api) => {
        await make(api, { name: "older", finalizers: ["example.com/a"] });
        await api.delete(`${api.ns}/configmaps/older?orphanDependents=false`);
        await api.patch(`${api.ns}/configmaps/older`, { metadata: { finalizers: null } }, { quiet: true });
      },
    },
    {
      name: "many are deleted by a selector",
      run: async (api) => {
        const ns = await api.newNamespace();
        for (const name of ["a", "b", "c"]) {
          const labels = { odd: String(name !== "b") };
          await api.post(`${ns}/secrets`, { metadata: { name, labels } }, { quiet: true });
        }
        await api.delete(`${ns}/secrets?labelSelector=odd%3Dtrue`, undefined, { pick: names });
        await api.get(`${ns}/secrets`, { pick: names });
        await api.delete(`${ns}/secrets`, { propagationPolicy: "Background" }, { pick: names });
        await api.get(`${ns}/secrets`, { pick: names });
      },
    },
    {
      name: "many in all namespaces are not deleted at once",
      run: (api) => api.delete("/api/v1/secrets?labelSelector=no-such-label"),
    },
    {
      name: "a pod without a node needs no time",
      run: async (api) => {
        const spec = { schedulerName: "none", containers: [{ name: "c", image: "i:1" }] };
        await api.post(`${api.ns}/pods`, { metadata: { name: "nowhere" }, spec }, { quiet: true });
        const pick = (body: JsonValue): JsonValue => (body as JsonObject)["metadata"] ?? null;
        await api.delete(`${api.ns}/pods/nowhere`, { gracePeriodSeconds: 60 }, { pick });
        await api.get(`${api.ns}/pods/nowhere`);
      },
    },
    {
      name: "a pod on a node is given the time that it asks for",
      run: async (api) => {
        const spec = {
          nodeName: "no-such-node",
          terminationGracePeriodSeconds: 5,
          containers: [{ name: "c", image: "i:1" }],
        };
        await api.post(`${api.ns}/pods`, { metadata: { name: "placed" }, spec }, { quiet: true });
        const pick = (body: JsonValue): JsonValue => (body as JsonObject)["metadata"] ?? null;
        const path = `${api.ns}/pods/placed`;
        await api.delete(path, undefined, { pick });
        await api.delete(path, { gracePeriodSeconds: 60 }, { pick });
        await api.delete(path, { gracePeriodSeconds: 2 }, { pick });
        await api.delete(path, { gracePeriodSeconds: 0 }, { pick });
        await api.get(path);
      },
    },
    {
      name: "a custom object that is deleted",
      run: async (api) => {
        const path = `/apis/${api.group}/v1alpha1/namespaces/${api.namespace}/workflows`;
        const workflow = { apiVersion: `${api.group}/v1alpha1`, kind: "Workflow", spec: {} };
        await api.post(path, { ...workflow, metadata: { name: "gone" } }, { quiet: true });
        await api.delete(`${path}/gone`);
        await api.post(
          path,
          { ...workflow, metadata: { name: "held", finalizers: ["example.com/a"] } },
          { quiet: true },
        );
        await api.delete(`${path}/held`);
        await api.patch(`${path}/held`, { metadata: { finalizers: [] } });
        await api.get(`${path}/held`);
      },
    },
  ],
};
