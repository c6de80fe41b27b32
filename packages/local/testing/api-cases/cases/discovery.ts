import type { JsonObject, JsonValue } from "@outrigger/types";
import type { CaseGroup } from "../api-case.ts";

const OURS = [
  "configmaps",
  "events",
  "namespaces",
  "namespaces/finalize",
  "namespaces/status",
  "pods",
  "pods/log",
  "pods/status",
  "secrets",
  "serviceaccounts",
  "serviceaccounts/token",
];

interface Named {
  readonly name: string;
}

/** Of a list of resources those that both servers have, without what only helps to store them. */
function resources(of: readonly string[] | "all"): (body: JsonValue) => JsonValue {
  return (body) => {
    const { resources: all, ...rest } = body as { readonly resources: readonly (Named & JsonObject)[] };
    const picked = all.filter(({ name }) => of === "all" || of.includes(name));
    picked.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { ...rest, resources: picked.map(({ storageVersionHash: _hash, ...resource }) => resource) };
  };
}

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

interface Discovered {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly resources: readonly JsonObject[] }[];
  }[];
}

/** Subresources have no order of their own. */
function sorted(resource: JsonObject): JsonObject {
  const { subresources } = resource;
  if (!Array.isArray(subresources)) return resource;
  const text = (value: unknown): string => JSON.stringify(value);
  return {
    ...resource,
    subresources: [...(subresources as JsonObject[])].sort((a, b) => (text(a) < text(b) ? -1 : 1)),
  };
}

export const discovery: CaseGroup = {
  name: "discovery",
  cases: [
    {
      name: "the core group",
      run: async (api) => {
        await api.get("/api", { pick: (body) => (body as { versions: JsonValue }).versions });
        await api.get("/api/v1", { pick: resources(OURS) });
      },
    },
    {
      name: "named groups",
      run: async (api) => {
        const pick = (body: JsonValue): JsonValue => {
          const { groups, ...rest } = body as { readonly groups: readonly (Named & JsonObject)[] };
          const ours = new Set(["apps", api.group, "apiextensions.k8s.io", "coordination.k8s.io"]);
          return {
            ...rest,
            groups: groups.filter(({ name }) => ours.has(name)).sort((a, b) => (a.name < b.name ? -1 : 1)),
          };
        };
        await api.get("/apis", { pick });
        await api.get(`/apis/${api.group}`);
        await api.get(`/apis/${api.group}/v1alpha1`, { pick: resources("all") });
        await api.get(`/apis/${api.group}/v1`, { pick: resources("all") });
        await api.get("/apis/authentication.k8s.io/v1", { pick: resources("all") });
        await api.get("/apis/coordination.k8s.io/v1", { pick: resources(["leases"]) });
      },
    },
    {
      name: "groups that there are not",
      run: async (api) => {
        for (const path of [
          "/apis/frob.example.com",
          "/apis/frob.example.com/v1",
          `/apis/${api.group}/v9`,
          "/api/v9",
          "/frob",
        ]) {
          await api.get(path);
        }
      },
    },
    {
      name: "everything at once",
      run: async (api) => {
        const pick =
          (names: readonly string[]) =>
          (body: JsonValue): JsonValue => {
            const { items } = body as unknown as Discovered;
            const of = items.filter(({ metadata }) => (metadata.name ?? "") === "" || metadata.name === api.group);
            const picked = of.map((group) => ({
              name: group.metadata.name ?? "",
              versions: group.versions.map((version) => ({
                ...version,
                resources: version.resources
                  .filter(
                    (resource) =>
                      group.metadata.name === api.group || names.some((name) => name === resource["resource"]),
                  )
                  .map((resource) => sorted(resource)),
              })),
            }));
            return picked;
          };
        await api.get("/api", { accept: AGGREGATED, pick: pick(["configmaps", "secrets"]) });
        await api.get("/apis", { accept: AGGREGATED, pick: pick([]) });
      },
    },
    {
      name: "the server's health and version",
      run: async (api) => {
        for (const path of ["/healthz", "/readyz", "/livez"]) await api.get(path);
        await api.get("/version", {
          pick: (body) => ({
            major: (body as JsonObject)["major"] ?? null,
            minor: (body as JsonObject)["minor"] ?? null,
          }),
        });
      },
    },
  ],
};
