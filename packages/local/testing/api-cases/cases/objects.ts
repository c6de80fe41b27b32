import { uidOf, versionOf } from "../api-case.ts";
import type { CaseGroup } from "../api-case.ts";

export const objects: CaseGroup = {
  name: "objects",
  cases: [
    {
      name: "an object is created, read, replaced and deleted",
      run: async (api) => {
        const path = `${api.ns}/configmaps/simple`;
        const created = await api.post(`${api.ns}/configmaps`, { metadata: { name: "simple" }, data: { a: "1" } });
        await api.get(path);
        await api.put(path, { ...created.body, data: { a: "2" } });
        await api.delete(path);
        await api.get(path);
      },
    },
    {
      name: "what the server decides about metadata is not the client's to say",
      run: async (api) => {
        const metadata = {
          name: "decided",
          uid: "my-uid",
          creationTimestamp: "2001-02-03T04:05:06Z",
          deletionTimestamp: "2001-02-03T04:05:06Z",
          deletionGracePeriodSeconds: 5,
          generation: 7,
          selfLink: "/here",
        };
        const created = await api.post(`${api.ns}/configmaps`, { metadata });
        const { uid } = created.body["metadata"] as { readonly uid: string };
        await api.put(`${api.ns}/configmaps/decided`, { metadata: { ...metadata, uid }, data: { a: "1" } });
        await api.put(`${api.ns}/configmaps/decided`, { metadata });
      },
    },
    {
      name: "a name is taken only once",
      run: async (api) => {
        await api.post(`${api.ns}/configmaps`, { metadata: { name: "twice" } });
        await api.post(`${api.ns}/configmaps`, { metadata: { name: "twice" } });
      },
    },
    {
      name: "a resourceVersion cannot be given to a new object",
      run: (api) => api.post(`${api.ns}/configmaps`, { metadata: { name: "versioned", resourceVersion: "5" } }),
    },
    {
      name: "generateName makes a name",
      run: async (api) => {
        await api.post(`${api.ns}/configmaps`, { metadata: { generateName: "gen-" } });
        await api.post(`${api.ns}/configmaps`, { metadata: { generateName: "gen-", name: "named-all-the-same" } });
        await api.post(`${api.ns}/configmaps`, { metadata: { generateName: "Gen_" } });
        await api.post(`${api.ns}/configmaps`, { metadata: {} });
        const long = "x".repeat(70);
        const made = await api.post(`${api.ns}/configmaps`, { metadata: { generateName: long } }, { quiet: true });
        api.note(
          `a prefix of 70 characters becomes a name of ${String((made.body["metadata"] as { name: string }).name.length)}`,
        );
      },
    },
    {
      name: "an update with a stale resourceVersion conflicts",
      run: async (api) => {
        const path = `${api.ns}/configmaps/stale`;
        const created = await api.post(`${api.ns}/configmaps`, { metadata: { name: "stale" } });
        await api.put(path, { ...created.body, data: { a: "1" } });
        await api.put(path, { ...created.body, data: { a: "2" } });
      },
    },
    {
      name: "an update without a resourceVersion overwrites",
      run: async (api) => {
        await api.post(`${api.ns}/configmaps`, {
          metadata: { name: "overwritten", labels: { a: "b" } },
          data: { a: "1" },
        });
        await api.put(`${api.ns}/configmaps/overwritten`, { metadata: { name: "overwritten" }, data: { b: "2" } });
      },
    },
    {
      name: "an update that changes nothing keeps the resourceVersion",
      run: async (api) => {
        const created = await api.post(`${api.ns}/configmaps`, {
          metadata: { name: "same" },
          data: { a: "1", b: "2" },
        });
        await api.put(`${api.ns}/configmaps/same`, { ...created.body, data: { b: "2", a: "1" } });
        await api.patch(`${api.ns}/configmaps/same`, { data: { a: "1" } });
      },
    },
    {
      name: "an update says which object it means",
      run: async (api) => {
        const path = `${api.ns}/configmaps/meant`;
        const created = await api.post(`${api.ns}/configmaps`, { metadata: { name: "meant" } }, { quiet: true });
        await api.put(path, { metadata: { name: "other" } });
        await api.put(path, { metadata: {} });
        await api.put(path, { metadata: { name: "meant", namespace: "elsewhere" } });
        await api.put(path, { metadata: { name: "meant", uid: "0000" } });
        await api.put(path, { metadata: { name: "meant", uid: uidOf(created), resourceVersion: versionOf(created) } });
        await api.put(`${api.ns}/configmaps/missing`, { metadata: { name: "missing" } });
      },
    },
    {
      name: "a namespace in the body must be that of the path",
      run: (api) => api.post(`${api.ns}/configmaps`, { metadata: { name: "a", namespace: "elsewhere" } }),
    },
    {
      name: "a namespace must exist before there is something in it",
      run: async (api) => {
        await api.post("/api/v1/namespaces/there-is-no-such/configmaps", { metadata: { name: "a" } });
        await api.get("/api/v1/namespaces/there-is-no-such/configmaps/a");
        await api.delete("/api/v1/namespaces/there-is-no-such/configmaps/a");
      },
    },
    {
      name: "a dry run answers what would be and leaves no trace",
      run: async (api) => {
        const path = `${api.ns}/configmaps/dry`;
        await api.post(`${api.ns}/configmaps?dryRun=All`, { metadata: { name: "dry" }, data: { a: "1" } });
        await api.get(path);
        await api.post(`${api.ns}/configmaps`, { metadata: { name: "dry" }, data: { a: "1" } }, { quiet: true });
        await api.put(`${path}?dryRun=All`, { metadata: { name: "dry" }, data: { a: "2" } });
        await api.patch(`${path}?dryRun=All`, { data: { b: "2" } });
        await api.delete(`${path}?dryRun=All`);
        await api.get(path);
        await api.post(`${api.ns}/configmaps?dryRun=Some`, { metadata: { name: "dry" } });
        await api.post(`${api.ns}/configmaps?dryRun=All`, { metadata: { name: "dry" } });
      },
    },
    {
      name: "options of a write are checked",
      run: async (api) => {
        const body = { metadata: { name: "options" } };
        await api.post(`${api.ns}/configmaps?fieldValidation=Maybe`, body);
        await api.post(`${api.ns}/configmaps?fieldManager=${"m".repeat(129)}`, body, { pick: (answer) => answer });
      },
    },
    {
      name: "a lease is made by an update",
      run: async (api) => {
        const path = `/apis/coordination.k8s.io/v1/namespaces/${api.namespace}/leases/made`;
        const spec = { holderIdentity: "me", leaseDurationSeconds: 15, renewTime: "2001-02-03T04:05:06.123456Z" };
        await api.put(path, { metadata: { name: "made" }, spec });
        await api.put(path, { metadata: { name: "made" }, spec: { ...spec, renewTime: "2001-02-03T04:05:06Z" } });
        await api.get(path);
      },
    },
  ],
};
