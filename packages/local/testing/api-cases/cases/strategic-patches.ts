import type { JsonObject, JsonValue } from "@outrigger/types";
import type { ApiCase, CaseGroup } from "../api-case.ts";

const STRATEGIC = "application/strategic-merge-patch+json";

const DEPLOYMENT: JsonObject = {
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "a" } },
    template: {
      metadata: { labels: { app: "a" } },
      spec: {
        containers: [
          {
            name: "one",
            image: "one:1",
            args: ["x", "y"],
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
            ports: [
              { containerPort: 80, name: "http" },
              { containerPort: 443, name: "https" },
            ],
            volumeMounts: [{ name: "v", mountPath: "/v" }],
          },
          { name: "two", image: "two:1" },
        ],
        volumes: [
          { name: "v", emptyDir: {} },
          { name: "w", secret: { secretName: "s" } },
        ],
        tolerations: [{ key: "a", operator: "Exists" }],
        imagePullSecrets: [{ name: "p" }],
      },
    },
  },
};

/** A patch that makes a wrong type is refused in the words of Go's decoder; what counts is that it is. */
function refusal(body: JsonValue): JsonValue {
  const { code = 0, reason = null, message = "" } = body as { code?: number; reason?: string; message?: string };
  return { code, reason, message: reason === "Invalid" ? "..." : message };
}

function template(spec: JsonObject): JsonObject {
  return { spec: { template: { spec } } };
}

function container(fields: JsonObject): JsonObject {
  return template({ containers: [{ name: "one", ...fields }] });
}

const PATCHES: readonly (readonly [string, JsonValue])[] = [
  ["a container is found by its name", container({ image: "one:2" })],
  ["a new container comes first", template({ containers: [{ name: "three", image: "three:1" }] })],
  ["a container is deleted by its name", template({ containers: [{ name: "two", $patch: "delete" }] })],
  ["containers are replaced", template({ containers: [{ $patch: "replace" }, { name: "new", image: "new:1" }] })],
  ["a container without a name", template({ containers: [{ image: "x" }] })],
  [
    "env merges by name",
    container({
      env: [
        { name: "B", value: "3" },
        { name: "C", value: "4" },
      ],
    }),
  ],
  [
    "a value of env is unset",
    container({ env: [{ name: "A", value: null, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
  ],
  ["ports merge by number", container({ ports: [{ containerPort: 443, name: "tls" }] })],
  ["args are replaced", container({ args: ["z"] })],
  ["tolerations are replaced", template({ tolerations: [{ key: "b", operator: "Exists" }] })],
  [
    "volumes keep only their own source",
    template({ volumes: [{ name: "v", $retainKeys: ["name", "hostPath"], hostPath: { path: "/x" } }] }),
  ],
  ["secrets for pulling merge by name", template({ imagePullSecrets: [{ name: "q" }] })],
  ["a map merges, null removes", { metadata: { labels: { a: "b" }, annotations: null } }],
  ["a map is replaced", { spec: { template: { metadata: { labels: { $patch: "replace", app: "a" } } } } }],
  ["an order of containers", template({ "$setElementOrder/containers": [{ name: "two" }, { name: "one" }] })],
  [
    "an order with a new container in between",
    template({
      "$setElementOrder/containers": [{ name: "one" }, { name: "three" }, { name: "two" }],
      containers: [{ name: "three", image: "three:1" }],
    }),
  ],
  ["finalizers merge as a set", { metadata: { finalizers: ["a/c", "a/b"] } }],
  ["finalizers leave the set", { metadata: { "$deleteFromPrimitiveList/finalizers": ["a/a"] } }],
  ["an unknown directive", { spec: { $patch: "frob" } }],
  ["a wrong type", { spec: { replicas: "three" } }],
  ["an unknown field", { spec: { frob: 1 } }],
  ["a list where there should be an object", { spec: [] }],
];

const single: readonly ApiCase[] = PATCHES.map(([name, patch]) => ({
  name,
  run: async (api) => {
    const target = name
      .replaceAll(/[^a-z]+/g, "-")
      .slice(0, 50)
      .replaceAll(/^-|-$/g, "");
    const path = `/apis/apps/v1/namespaces/${api.namespace}/deployments`;
    const metadata = { name: target, finalizers: ["a/a"] };
    // Recorded are the parts that a patch is about: nobody fills in a deployment's defaults here (LIMITS.md).
    const pick = (body: JsonValue): JsonValue => {
      if (typeof body !== "object" || body === null || !("spec" in body)) return refusal(body);
      const { metadata: meta, spec } = body as {
        metadata: { labels?: JsonValue; finalizers?: JsonValue };
        spec: JsonValue;
      };
      const { template: pod } = spec as { template: { metadata: JsonValue; spec: JsonObject } };
      const { containers = null, volumes = null, tolerations = null, imagePullSecrets = null } = pod.spec;
      const { labels = null, finalizers = null } = meta;
      return { labels, finalizers, pod: pod.metadata, containers, volumes, tolerations, imagePullSecrets };
    };
    await api.post(
      path,
      { metadata, ...DEPLOYMENT, spec: { ...(DEPLOYMENT["spec"] as JsonObject), replicas: 0 } },
      { quiet: true },
    );
    await api.patch(`${path}/${target}`, patch, { contentType: STRATEGIC, pick });
    await api.patch(`${path}/${target}`, { metadata: { finalizers: null } }, { quiet: true });
  },
}));

export const strategicPatches: CaseGroup = {
  name: "strategic-patches",
  cases: [
    ...single,
    {
      name: "conditions merge by type",
      run: async (api) => {
        const spec = { schedulerName: "none", containers: [{ name: "c", image: "i:1" }] };
        await api.post(`${api.ns}/pods`, { metadata: { name: "conditions" }, spec }, { quiet: true });
        const pick = (body: JsonValue): JsonValue => (body as { status: JsonValue }).status ?? body;
        const patch = (conditions: JsonValue): Promise<unknown> =>
          api.patch(`${api.ns}/pods/conditions/status`, { status: { conditions } }, { contentType: STRATEGIC, pick });
        await patch([{ type: "Ready", status: "False" }]);
        await patch([{ type: "Initialized", status: "True" }]);
        await patch([{ type: "Ready", status: "True", reason: "Because" }]);
        await patch([{ type: "Initialized", $patch: "delete" }]);
      },
    },
  ],
};
