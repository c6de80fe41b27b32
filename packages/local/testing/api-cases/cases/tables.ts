import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import type { CaseGroup } from "../api-case.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** Without the objects of the rows: they are the same as elsewhere. */
function cells(body: JsonValue): JsonValue {
  if (!isJsonObject(body) || body["kind"] !== "Table") return body;
  const rows = ((body["rows"] ?? []) as readonly JsonObject[]).map((row) => ({ cells: row["cells"] ?? null }));
  return { columnDefinitions: body["columnDefinitions"] ?? null, rows };
}

export const tables: CaseGroup = {
  name: "tables",
  cases: [
    {
      name: "tables of Kubernetes' own kinds",
      run: async (api) => {
        const ns = await api.newNamespace();
        const name = ns.split("/").at(-1) ?? "";
        const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${name}`;
        await api.eventually(`${ns}/serviceaccounts/default`, ({ status }) => status === 200, { quiet: true });
        const make = (path: string, body: JsonValue): Promise<unknown> => api.post(path, body, { quiet: true });
        const pod = {
          schedulerName: "none",
          containers: [
            { name: "c", image: "i:1" },
            { name: "d", image: "i:1" },
          ],
        };
        await make(`${ns}/pods`, { metadata: { name: "a" }, spec: pod });
        await make(`${ns}/secrets`, { metadata: { name: "a" }, stringData: { a: "b" } });
        await make(`${rbac}/roles`, { metadata: { name: "a" }, rules: [] });
        const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "a" };
        const subjects = [
          { kind: "ServiceAccount", name: "default", namespace: "x" },
          { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "me" },
        ];
        await make(`${rbac}/rolebindings`, { metadata: { name: "a" }, roleRef, subjects });
        const lease = `/apis/coordination.k8s.io/v1/namespaces/${name}/leases`;
        await make(lease, { metadata: { name: "a" }, spec: { holderIdentity: "me" } });
        const policy = `/apis/networking.k8s.io/v1/namespaces/${name}/networkpolicies`;
        await make(policy, { metadata: { name: "a" }, spec: { podSelector: { matchLabels: { a: "b" } } } });
        for (const path of [
          `${ns}/pods`,
          `${ns}/secrets`,
          `${ns}/serviceaccounts`,
          `${rbac}/rolebindings`,
          lease,
          policy,
        ]) {
          await api.get(path, { accept: TABLE, pick: cells });
        }
        await api.get(`${ns}/configmaps?fieldSelector=metadata.name%3Dnone`, { accept: TABLE, pick: cells });
        await api.get(`/api/v1/namespaces/${name}`, { accept: TABLE, pick: cells });
        await api.get(`${rbac}/roles?fieldSelector=metadata.name%3Dnone`, { accept: TABLE, pick: cells });
      },
    },
    {
      name: "tables of events",
      run: async (api) => {
        const ns = await api.newNamespace();
        const namespace = ns.split("/").at(-1) ?? "";
        const involvedObject = { kind: "Pod", namespace, name: "p" };
        const at = new Date(Date.now() - 60_000).toISOString();
        const event = {
          involvedObject,
          reason: "Started",
          message: " done\n",
          type: "Normal",
          source: { component: "c", host: "h" },
        };
        await api.post(
          `${ns}/events`,
          { metadata: { name: "a" }, ...event, firstTimestamp: at, lastTimestamp: at, count: 3 },
          { quiet: true },
        );
        await api.get(`${ns}/events`, { accept: TABLE, pick: cells });
      },
    },
    {
      name: "tables of custom kinds",
      run: async (api) => {
        const base = `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets`;
        const widget = { apiVersion: `${api.group}/v1`, kind: "Widget" };
        const label = { tabled: "y" };
        await api.post(
          base,
          {
            ...widget,
            metadata: { name: "table-a", labels: label },
            spec: { size: 3, big: true, ratio: 0.5, list: ["x"], any: { b: 1 } },
          },
          { quiet: true },
        );
        await api.post(
          base,
          { ...widget, metadata: { name: "table-b", labels: label }, spec: { size: 1 } },
          { quiet: true },
        );
        await api.get(`${base}?labelSelector=tabled`, { accept: TABLE, pick: cells });
        await api.get(`${base}/table-a`, { accept: TABLE, pick: cells });
        const workflows = `/apis/${api.group}/v1alpha1/namespaces/${api.namespace}/workflows`;
        const workflow = {
          apiVersion: `${api.group}/v1alpha1`,
          kind: "Workflow",
          metadata: { name: "tabled" },
          spec: {},
        };
        await api.post(
          workflows,
          { ...workflow, status: { phase: "Running", progress: "1/2", message: 5 } },
          { quiet: true },
        );
        await api.get(`${workflows}?fieldSelector=metadata.name%3Dtabled`, { accept: TABLE, pick: cells });
        await api.get(`/apis/${api.group}/v1alpha1/gizmos`, { accept: TABLE, pick: cells });
      },
    },
    {
      name: "what the rows carry",
      run: async (api) => {
        await api.post(`${api.ns}/secrets`, { metadata: { name: "carried" } }, { quiet: true });
        for (const include of [
          "",
          "?includeObject=None",
          "?includeObject=Object",
          "?includeObject=Metadata",
          "?includeObject=Frob",
        ]) {
          await api.get(`${api.ns}/secrets/carried${include}`, { accept: TABLE });
        }
      },
    },
  ],
};
