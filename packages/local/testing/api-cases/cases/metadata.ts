import type { JsonObject } from "@outrigger/types";
import type { ApiCase, CaseGroup } from "../api-case.ts";

/** Each of these metadata is refused, or taken, in a case of its own. */
const METADATA: readonly (readonly [what: string, metadata: JsonObject])[] = [
  ["a name in capitals", { name: "Capital" }],
  ["a name that is too long", { name: "x".repeat(254) }],
  ["a name that ends in a hyphen", { name: "ends-" }],
  ["a name with a dot", { name: "with.dot" }],
  ["a name with a slash", { name: "with/slash" }],
  ["a label key with a space", { name: "m1", labels: { "a b": "c" } }],
  ["a label key without a name", { name: "m2", labels: { "example.com/": "c" } }],
  ["a label key with two slashes", { name: "m3", labels: { "a/b/c": "c" } }],
  ["a label key with a bad prefix", { name: "m4", labels: { "Exa_mple/c": "c" } }],
  ["a label key that is too long", { name: "m5", labels: { ["k".repeat(64)]: "c" } }],
  ["a label value with a space", { name: "m6", labels: { a: "b c" } }],
  ["a label value that is too long", { name: "m7", labels: { a: "v".repeat(64) } }],
  ["labels as they should be", { name: "m8", labels: { "example.com/a.b_c": "V-1.x", empty: "" } }],
  ["an annotation key with a space", { name: "m9", annotations: { "a b": "c" } }],
  ["an annotation key in capitals", { name: "m10", annotations: { "Example.com/Key": "anything goes: ü" } }],
  ["a finalizer that is no name", { name: "m11", finalizers: ["a b"] }],
  ["an owner without a uid", { name: "m12", ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "a", uid: "" }] }],
  ["an owner without a kind", { name: "m13", ownerReferences: [{ apiVersion: "v1", kind: "", name: "", uid: "u" }] }],
  [
    "an owner without a version",
    { name: "m14", ownerReferences: [{ apiVersion: "", kind: "A", name: "a", uid: "u" }] },
  ],
  [
    "two controllers",
    {
      name: "m15",
      ownerReferences: [
        { apiVersion: "v1", kind: "Pod", name: "a", uid: "u", controller: true },
        { apiVersion: "v1", kind: "Pod", name: "b", uid: "v", controller: true },
      ],
    },
  ],
  ["several things wrong at once", { name: "Bad", labels: { "a b": "c" } }],
  ["both ways to treat dependents", { name: "m16", finalizers: ["orphan", "foregroundDeletion"] }],
  ["fields that are null", { name: "m17", labels: null, annotations: null, finalizers: null, generateName: null }],
  ["fields that are empty", { name: "m18", labels: {}, annotations: {}, finalizers: [], ownerReferences: [] }],
];

const single: readonly ApiCase[] = METADATA.map(([what, metadata]) => ({
  name: what,
  run: (api) => api.post(`${api.ns}/configmaps?dryRun=All`, { metadata }),
}));

export const metadata: CaseGroup = {
  name: "metadata",
  cases: [
    ...single,
    {
      name: "annotations of more than 256 KiB",
      run: (api) =>
        api.post(`${api.ns}/configmaps`, { metadata: { name: "large", annotations: { a: "x".repeat(256 * 1024) } } }),
    },
    {
      name: "metadata that cannot be changed",
      run: async (api) => {
        const path = `${api.ns}/configmaps/fixed`;
        await api.post(`${api.ns}/configmaps`, { metadata: { name: "fixed" } });
        await api.patch(path, { metadata: { name: "other" } });
        await api.patch(path, { metadata: { namespace: "other" } });
        await api.patch(path, { metadata: { uid: "other" } });
        await api.patch(path, { metadata: { deletionTimestamp: "2001-02-03T04:05:06Z" } });
        await api.patch(path, { metadata: { creationTimestamp: "2001-02-03T04:05:06Z" } });
        await api.patch(path, { metadata: { generation: 5 } });
        await api.patch(path, { metadata: { generateName: "later-" } });
        await api.patch(path, { metadata: { labels: { "a b": "c" } } });
      },
    },
    {
      name: "names of other kinds",
      run: async (api) => {
        await api.post("/api/v1/namespaces?dryRun=All", { metadata: { name: "with.dot" } });
        await api.post(`${api.ns}/services?dryRun=All`, { metadata: { name: "1st" }, spec: { ports: [{ port: 80 }] } });
        const role = { metadata: { name: "system:reader" }, rules: [] };
        await api.post(`/apis/rbac.authorization.k8s.io/v1/namespaces/${api.namespace}/roles?dryRun=All`, role);
        const slash = { metadata: { name: "a/b" }, rules: [] };
        await api.post(`/apis/rbac.authorization.k8s.io/v1/namespaces/${api.namespace}/roles?dryRun=All`, slash);
      },
    },
  ],
};
