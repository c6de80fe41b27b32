import type { JsonObject, JsonValue } from "@outrigger/types";
import type { CaseAnswer, CaseGroup } from "../api-case.ts";

/** The certificate differs, and so does what the server says about it. */
function keysOfData(body: JsonValue): JsonValue {
  const { data = {}, metadata } = body as {
    readonly data?: JsonObject;
    readonly metadata?: { readonly name?: string };
  };
  return { name: metadata?.name ?? "", keys: Object.keys(data) };
}

const found = ({ status }: CaseAnswer): boolean => status === 200;

export const namespaces: CaseGroup = {
  name: "namespaces",
  cases: [
    {
      name: "a new namespace has an account and the certificate",
      run: async (api) => {
        const ns = await api.newNamespace();
        await api.get(ns);
        await api.eventually(`${ns}/serviceaccounts/default`, found);
        await api.eventually(`${ns}/configmaps/kube-root-ca.crt`, found, { pick: keysOfData });
      },
    },
    {
      name: "they come back when they are deleted",
      run: async (api) => {
        const ns = await api.newNamespace();
        await api.eventually(`${ns}/serviceaccounts/default`, found, { quiet: true });
        await api.delete(`${ns}/serviceaccounts/default`);
        await api.eventually(`${ns}/serviceaccounts/default`, found);
      },
    },
    {
      name: "a namespace that is deleted takes everything along",
      run: async (api) => {
        const ns = await api.newNamespace();
        await api.eventually(`${ns}/serviceaccounts/default`, found, { quiet: true });
        await api.post(`${ns}/configmaps`, { metadata: { name: "inside" } }, { quiet: true });
        await api.post(
          `${ns}/configmaps`,
          { metadata: { name: "held", finalizers: ["example.com/a"] } },
          { quiet: true },
        );
        const pick = (body: JsonValue): JsonValue => {
          const { metadata, status, spec } = body as { metadata: JsonObject; status: JsonObject; spec: JsonValue };
          return {
            labels: metadata["labels"] ?? null,
            deleted: Object.hasOwn(metadata, "deletionTimestamp"),
            spec,
            phase: status["phase"] ?? null,
          };
        };
        await api.delete(ns, undefined, { pick });
        await api.delete(ns, undefined, { pick });
        await api.post(`${ns}/configmaps`, { metadata: { name: "late" } });
        await api.eventually(`${ns}/configmaps/inside`, ({ status }) => status === 404);
        await api.get(ns, { pick });
        await api.patch(`${ns}/configmaps/held`, { metadata: { finalizers: null } }, { quiet: true });
        await api.eventually(ns, ({ status }) => status === 404);
      },
    },
    {
      name: "a namespace is labelled with its name",
      run: async (api) => {
        const ns = await api.newNamespace();
        await api.patch(ns, { metadata: { labels: { "kubernetes.io/metadata.name": "other", mine: "y" } } });
        await api.patch(ns, { spec: { finalizers: [] }, status: { phase: "Terminating" } });
      },
    },
    {
      name: "namespaces are not put into namespaces",
      run: async (api) => {
        await api.post("/api/v1/namespaces?dryRun=All", { metadata: { name: "a-new-one", namespace: "elsewhere" } });
        await api.get(`${api.ns}/namespaces`);
        await api.get("/api/v1/namespaces/there-is-no-such");
      },
    },
    {
      name: "namespaces are not deleted in bulk",
      run: (api) => api.delete("/api/v1/namespaces?labelSelector=no-such-label"),
    },
  ],
};
