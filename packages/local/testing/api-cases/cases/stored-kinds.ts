import type { JsonObject, JsonValue } from "@outrigger/types";
import type { ApiCase, CaseGroup } from "../api-case.ts";

const POD_TEMPLATE: JsonObject = {
  metadata: { labels: { app: "a" } },
  spec: { containers: [{ name: "c", image: "i:1" }] },
};
const SELECTOR: JsonObject = { matchLabels: { app: "a" } };

/** Kinds that are kept and listed; compared is that they are taken and what they say of their own, not what a real cluster fills in. */
const KINDS: readonly (readonly [path: string, body: JsonObject, own: readonly string[]])[] = [
  [
    "/apis/apps/v1/namespaces/NS/deployments",
    { spec: { replicas: 0, selector: SELECTOR, template: POD_TEMPLATE } },
    ["spec.replicas", "spec.selector"],
  ],
  [
    "/apis/apps/v1/namespaces/NS/statefulsets",
    { spec: { replicas: 0, serviceName: "s", selector: SELECTOR, template: POD_TEMPLATE } },
    ["spec.serviceName"],
  ],
  [
    "/apis/batch/v1/namespaces/NS/cronjobs",
    {
      spec: {
        suspend: true,
        schedule: "0 0 1 1 *",
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } } },
        },
      },
    },
    ["spec.schedule", "spec.suspend"],
  ],
  [
    "/api/v1/namespaces/NS/services",
    { spec: { selector: { app: "a" }, ports: [{ port: 80, name: "http" }] } },
    ["spec.selector", "spec.ports", "spec.type", "spec.sessionAffinity"],
  ],
  [
    "/api/v1/namespaces/NS/persistentvolumeclaims",
    { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } } },
    ["spec.accessModes", "spec.resources"],
  ],
  [
    "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles",
    { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
    ["rules"],
  ],
  [
    "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings",
    {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "a" },
      subjects: [{ kind: "ServiceAccount", name: "default", namespace: "x" }],
    },
    ["roleRef", "subjects"],
  ],
  [
    "/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies",
    { spec: { podSelector: {}, policyTypes: ["Ingress"] } },
    ["spec"],
  ],
  [
    "/apis/networking.k8s.io/v1/namespaces/NS/ingresses",
    { spec: { defaultBackend: { service: { name: "s", port: { number: 80 } } } } },
    ["spec"],
  ],
  ["/apis/policy/v1/namespaces/NS/poddisruptionbudgets", { spec: { minAvailable: 1, selector: SELECTOR } }, ["spec"]],
  ["/api/v1/namespaces/NS/resourcequotas", { spec: { hard: { pods: "100" } } }, ["spec"]],
  ["/api/v1/namespaces/NS/limitranges", { spec: { limits: [] } }, ["spec"]],
];

function own(body: JsonValue, paths: readonly string[]): JsonValue {
  const { kind, apiVersion, metadata } = body as { kind: string; apiVersion: string; metadata: JsonObject };
  if (kind === "Status") return body;
  const values = paths.map((path): [string, JsonValue] => {
    const value = path
      .split(".")
      .reduce<JsonValue | undefined>((at, name) => (at as JsonObject | undefined)?.[name], body);
    return [path, value ?? null];
  });
  return { kind, apiVersion, generation: metadata["generation"] ?? null, ...Object.fromEntries(values) };
}

const kindCases: readonly ApiCase[] = KINDS.map(([path, body, ownPaths]) => ({
  name: path.split("/").at(-1) ?? "",
  run: async (api) => {
    const there = path.replace("NS", api.namespace);
    await api.post(there, { metadata: { name: "kept" }, ...body }, { pick: (answer) => own(answer, ownPaths) });
    await api.patch(`${there}/kept`, { metadata: { labels: { a: "b" } } }, { quiet: true });
    const pick = (answer: JsonValue): JsonValue =>
      (answer as JsonObject)["kind"] === "Status"
        ? ((answer as JsonObject)["details"] ?? null)
        : ((answer as JsonObject)["kind"] ?? null);
    await api.delete(`${there}/kept`, { propagationPolicy: "Background" }, { pick });
  },
}));

export const storedKinds: CaseGroup = { name: "stored-kinds", cases: kindCases };
