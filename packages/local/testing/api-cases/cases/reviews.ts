import type { JsonObject, JsonValue } from "@outrigger/types";
import type { CaseGroup } from "../api-case.ts";

/** Why it is allowed is for each server to say. */
function verdict(body: JsonValue): JsonValue {
  const { kind, apiVersion, spec, status } = body as {
    kind: string;
    apiVersion: string;
    spec: JsonValue;
    status: JsonObject;
  };
  return { kind, apiVersion, spec, allowed: status["allowed"] ?? null };
}

export const reviews: CaseGroup = {
  name: "reviews",
  cases: [
    {
      name: "may I?",
      run: async (api) => {
        const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        const resourceAttributes = {
          namespace: api.namespace,
          verb: "list",
          group: "argoproj.io",
          resource: "workflows",
        };
        await api.post(path, { spec: { resourceAttributes } }, { pick: verdict });
      },
    },
    {
      name: "may this account, here?",
      run: async (api) => {
        const path = `/apis/authorization.k8s.io/v1/namespaces/${api.namespace}/localsubjectaccessreviews`;
        const resourceAttributes = {
          namespace: api.namespace,
          verb: "patch",
          group: "argoproj.io",
          resource: "workflowtasksets",
          subresource: "status",
        };
        const user = `system:serviceaccount:${api.namespace}:default`;
        await api.post(path, { spec: { resourceAttributes, user, groups: ["system:masters"] } }, { pick: verdict });
      },
    },
    {
      name: "who am I?",
      run: async (api) => {
        await api.post(
          "/apis/authentication.k8s.io/v1/selfsubjectreviews",
          {},
          {
            pick: (body) => {
              const { kind, apiVersion, status } = body as {
                kind: string;
                apiVersion: string;
                status: { userInfo: JsonObject };
              };
              const { groups } = status.userInfo as { groups: readonly string[] };
              return { kind, apiVersion, authenticated: groups.includes("system:authenticated") };
            },
          },
        );
      },
    },
    {
      name: "what may I do?",
      run: (api) =>
        api.post(
          "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
          { spec: { namespace: "default" } },
          {
            pick: (body) => {
              const { status } = body as { status: { resourceRules: readonly JsonObject[] } };
              const all = (rule: JsonObject): boolean =>
                JSON.stringify([rule["verbs"], rule["apiGroups"], rule["resources"]]) === '[["*"],["*"],["*"]]';
              return { everything: status.resourceRules.some(all) };
            },
          },
        ),
    },
  ],
};
