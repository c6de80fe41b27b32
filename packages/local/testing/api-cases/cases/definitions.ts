import type { JsonObject, JsonValue } from "@outrigger/types";
import type { ApiCase, CaseAnswer, CaseApi, CaseGroup } from "../api-case.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const SCHEMA: JsonObject = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
const VERSION: JsonObject = { name: "v1", served: true, storage: true, schema: SCHEMA };

/** A definition below a group of this case alone. */
function definition(api: CaseApi, plural: string, spec: JsonObject = {}): JsonObject {
  const group = `${plural}.${api.group}`;
  const names = { plural, kind: plural[0]?.toUpperCase() + plural.slice(1, -1) };
  return {
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: "Namespaced", names, versions: [VERSION], ...spec },
  };
}

const BROKEN: readonly (readonly [string, (api: CaseApi) => JsonObject])[] = [
  ["a name that does not fit", (api) => ({ ...definition(api, "things"), metadata: { name: "others.example.com" } })],
  ["an unknown scope", (api) => definition(api, "things", { scope: "Everywhere" })],
  ["no scope", (api) => definition(api, "things", { scope: "" })],
  ["no version that is stored", (api) => definition(api, "things", { versions: [{ ...VERSION, storage: false }] })],
  [
    "a version without a schema",
    (api) => definition(api, "things", { versions: [{ name: "v1", served: true, storage: true }] }),
  ],
  [
    "a schema without a type",
    (api) => definition(api, "things", { versions: [{ ...VERSION, schema: { openAPIV3Schema: { properties: {} } } }] }),
  ],
  [
    "a schema of the wrong type",
    (api) => definition(api, "things", { versions: [{ ...VERSION, schema: { openAPIV3Schema: { type: "string" } } }] }),
  ],
];

const brokenCases: readonly ApiCase[] = BROKEN.map(([name, make]) => ({
  name,
  run: (api) =>
    api.post(`${DEFINITIONS}?dryRun=All`, make(api), {
      pick: (body) => {
        const { code, reason, details } = body as {
          code: number;
          reason?: string;
          details?: { causes?: readonly JsonObject[] };
        };
        // The messages quote parts of the definition as Go prints them.
        const causes = (details?.causes ?? []).map((cause) => ({
          field: cause["field"] ?? null,
          reason: cause["reason"] ?? null,
        }));
        return { code, reason: reason ?? null, causes };
      },
    }),
}));

function hasCondition(type: string): (answer: CaseAnswer) => boolean {
  return ({ body }) => {
    const { conditions } = (body["status"] ?? {}) as {
      conditions?: readonly { type: string; status: string }[] | null;
    };
    return (conditions ?? []).some((condition) => condition.type === type && condition.status === "True");
  };
}

export const definitions: CaseGroup = {
  name: "definitions",
  cases: [
    ...brokenCases,
    {
      name: "a definition is served until it is deleted, and its objects go with it",
      run: async (api) => {
        const body = definition(api, "things");
        const { name } = body["metadata"] as { readonly name: string };
        const { group } = body["spec"] as { readonly group: string };
        const path = `/apis/${group}/v1/namespaces/${api.namespace}/things`;
        await api.get(path);
        await api.post(DEFINITIONS, body);
        await api.eventually(`${DEFINITIONS}/${name}`, hasCondition("Established"));
        await api.eventually(path, ({ status }) => status === 200, {
          pick: (list) => (list as JsonObject)["items"] ?? null,
        });
        await api.post(path, { apiVersion: `${group}/v1`, kind: "Thing", metadata: { name: "a" } });
        const pick = (answer: JsonValue): JsonValue => {
          const { metadata, status } = answer as { metadata: JsonObject; status: { conditions: JsonValue } };
          return { finalizers: metadata["finalizers"] ?? null, conditions: status.conditions };
        };
        await api.delete(`${DEFINITIONS}/${name}`, undefined, { pick });
        await api.eventually(`${DEFINITIONS}/${name}`, ({ status }) => status === 404);
        await api.eventually(path, ({ status }) => status === 404);
      },
    },
    {
      name: "what cannot be changed of a definition",
      run: async (api) => {
        const body = definition(api, "fixeds");
        const { name } = body["metadata"] as { readonly name: string };
        await api.post(DEFINITIONS, body, { quiet: true });
        await api.eventually(`${DEFINITIONS}/${name}`, hasCondition("Established"), { quiet: true });
        await api.patch(`${DEFINITIONS}/${name}`, { spec: { scope: "Cluster" } });
        await api.patch(`${DEFINITIONS}/${name}`, { spec: { names: { kind: "Other" } } }, { quiet: true });
        await api.delete(`${DEFINITIONS}/${name}`, undefined, { quiet: true });
      },
    },
  ],
};
