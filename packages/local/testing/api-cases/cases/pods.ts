import type { JsonObject, JsonValue } from "@outrigger/types";
import type { ApiCase, CaseGroup } from "../api-case.ts";

const CONTAINER: JsonObject = { name: "c", image: "i:1" };

function pod(spec: JsonObject): JsonObject {
  return { schedulerName: "none", containers: [CONTAINER], ...spec };
}

function withContainer(fields: JsonObject): JsonObject {
  return pod({ containers: [{ ...CONTAINER, ...fields }] });
}

const SPECS: readonly (readonly [string, JsonObject])[] = [
  ["the plainest pod", pod({})],
  ["no containers", pod({ containers: [] })],
  ["no spec", {}],
  ["a container without a name", pod({ containers: [{ image: "i" }] })],
  ["a container without an image", pod({ containers: [{ name: "c" }] })],
  ["a container with a bad name", pod({ containers: [{ name: "C_", image: "i" }] })],
  ["two containers of one name", pod({ containers: [CONTAINER, CONTAINER] })],
  ["an unknown restart policy", pod({ restartPolicy: "Sometimes" })],
  [
    "images and when they are pulled",
    pod({
      containers: ["i", "i:latest", "i:1", "r:5000/i", `i@sha256:${"a".repeat(64)}`].map((image, index) => ({
        name: `c${index}`,
        image,
      })),
    }),
  ],
  ["ports", withContainer({ ports: [{ containerPort: 80 }, { name: "dns", containerPort: 53, protocol: "UDP" }] })],
  ["a port that is none", withContainer({ ports: [{ containerPort: 70_000 }] })],
  ["a port of a strange protocol", withContainer({ ports: [{ containerPort: 80, protocol: "HTTP" }] })],
  [
    "env of every origin",
    withContainer({
      env: [
        { name: "A", value: "1" },
        { name: "EMPTY", value: "" },
        { name: "S", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
        { name: "C", valueFrom: { configMapKeyRef: { name: "c", key: "k", optional: true } } },
        { name: "F", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "R", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
      ],
      envFrom: [{ prefix: "P_", configMapRef: { name: "c" } }],
    }),
  ],
  ["env without a name", withContainer({ env: [{ value: "1" }] })],
  ["env that is a number", withContainer({ env: [{ name: "A", value: 1 }] })],
  ["resources", withContainer({ resources: { limits: { cpu: 0.5, memory: "1024Mi" }, requests: { cpu: "100m" } } })],
  ["resources that are guaranteed", withContainer({ resources: { limits: { cpu: "1", memory: "64M" } } })],
  [
    "quantities of every kind",
    withContainer({
      resources: {
        requests: { cpu: "1500m", memory: "1.5Gi", "ephemeral-storage": "1e3" },
        limits: { "example.com/a": "1000", cpu: "2000m", "ephemeral-storage": "12e6" },
      },
    }),
  ],
  ["a quantity that is none", withContainer({ resources: { limits: { cpu: "a lot" } } })],
  [
    "volumes of every kind",
    pod({
      volumes: [
        { name: "a", emptyDir: {} },
        { name: "b", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
        { name: "c", secret: { secretName: "s", items: [{ key: "k", path: "p", mode: 256 }] } },
        { name: "d", configMap: { name: "c", optional: true } },
        { name: "e", hostPath: { path: "/tmp" } },
        { name: "f", downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
        {
          name: "g",
          projected: { sources: [{ serviceAccountToken: { path: "t", audience: "x" } }, { secret: { name: "s" } }] },
        },
        { name: "h" },
      ],
    }),
  ],
  [
    "two volumes of one name",
    pod({
      volumes: [
        { name: "a", emptyDir: {} },
        { name: "a", emptyDir: {} },
      ],
    }),
  ],
  ["a mount of no volume", withContainer({ volumeMounts: [{ name: "nope", mountPath: "/x" }] })],
  [
    "a mount with a sub path",
    pod({
      volumes: [{ name: "a", emptyDir: {} }],
      containers: [{ ...CONTAINER, volumeMounts: [{ name: "a", mountPath: "/x", subPath: "y", readOnly: true }] }],
    }),
  ],
  [
    "a mount of nowhere",
    pod({ volumes: [{ name: "a", emptyDir: {} }], containers: [{ ...CONTAINER, volumeMounts: [{ name: "a" }] }] }),
  ],
  ["no token", pod({ automountServiceAccountToken: false })],
  [
    "a token that is mounted by hand",
    withContainer({
      volumeMounts: [{ name: "t", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }],
    }),
  ],
  ["init containers", pod({ initContainers: [{ name: "init", image: "i:1", command: ["true"] }] })],
  [
    "probes",
    withContainer({
      livenessProbe: { httpGet: { port: 80 } },
      readinessProbe: { tcpSocket: { port: "http" }, periodSeconds: 3 },
      startupProbe: { exec: { command: ["true"] } },
    }),
  ],
  [
    "security",
    pod({
      securityContext: { runAsNonRoot: true, runAsUser: 8737, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          ...CONTAINER,
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
          },
        },
      ],
    }),
  ],
  ["tolerations of its own", pod({ tolerations: [{ operator: "Exists" }] })],
  ["a service account that is not there", pod({ serviceAccountName: "nobody" })],
  ["fields that no pod has", { ...pod({}), frobs: 1, containers: [{ ...CONTAINER, imagePolicy: "x" }] }],
  ["booleans that are text", pod({ hostNetwork: "yes" })],
];

const specCases: readonly ApiCase[] = SPECS.map(([name, spec]) => ({
  name,
  run: (api) => api.post(`${api.ns}/pods?dryRun=All`, { metadata: { name: "p" }, spec }),
}));

const STRATEGIC = "application/strategic-merge-patch+json";

export const pods: CaseGroup = {
  name: "pods",
  cases: [
    ...specCases,
    {
      name: "strict about fields that no pod has",
      run: (api) =>
        api.post(`${api.ns}/pods?dryRun=All&fieldValidation=Strict`, {
          metadata: { name: "p" },
          spec: { ...pod({}), frobs: 1, containers: [{ ...CONTAINER, imagePolicy: "x" }] },
        }),
    },
    {
      name: "what may be changed of a pod",
      run: async (api) => {
        const path = `${api.ns}/pods/changed`;
        const short = (body: JsonValue): JsonValue => {
          const {
            spec,
            metadata,
            message,
            code = 200,
          } = body as JsonObject & { spec?: JsonObject; metadata?: JsonObject };
          if (spec === undefined) return { code, message: (message as string).split("\n")[0] ?? "" };
          return {
            generation: metadata?.["generation"] ?? null,
            containers: spec["containers"] ?? null,
            tolerations: spec["tolerations"] ?? null,
          };
        };
        await api.post(
          `${api.ns}/pods`,
          { metadata: { name: "changed" }, spec: { ...pod({}), automountServiceAccountToken: false } },
          { quiet: true },
        );
        const patch = (body: JsonValue): Promise<unknown> =>
          api.patch(path, body, { contentType: STRATEGIC, pick: short });
        await patch({ spec: { containers: [{ name: "c", image: "i:2" }] } });
        await patch({ spec: { containers: [{ name: "c", command: ["x"] }] } });
        await patch({ spec: { containers: [{ name: "d", image: "i:2" }] } });
        await patch({ spec: { restartPolicy: "Never" } });
        await patch({ spec: { nodeName: "n" } });
        await patch({ metadata: { labels: { a: "b" } } });
        await patch({ status: { phase: "Running" } });
      },
    },
    {
      name: "the status of a pod is a part of its own",
      run: async (api) => {
        await api.post(
          `${api.ns}/pods`,
          { metadata: { name: "stated" }, spec: pod({ automountServiceAccountToken: false }) },
          { quiet: true },
        );
        const pick = (body: JsonValue): JsonValue => {
          const { metadata, status, spec } = body as { metadata: JsonObject; status: JsonValue; spec: JsonObject };
          if (spec === undefined) return body;
          return {
            labels: metadata["labels"] ?? null,
            generation: metadata["generation"] ?? null,
            status,
            restartPolicy: spec["restartPolicy"] ?? null,
          };
        };
        const path = `${api.ns}/pods/stated/status`;
        await api.get(path, { pick });
        const containerStatuses = [
          {
            name: "c",
            image: "i:1",
            imageID: "",
            ready: true,
            restartCount: 0,
            started: true,
            state: { running: { startedAt: "2001-02-03T04:05:06.789Z" } },
          },
        ];
        const status = { phase: "Running", startTime: "2001-02-03T04:05:06Z", containerStatuses };
        await api.patch(
          path,
          { metadata: { labels: { by: "status" } }, spec: { restartPolicy: "Never" }, status },
          { pick },
        );
        await api.patch(path, { status: { qosClass: "Guaranteed" } }, { pick });
      },
    },
    {
      name: "the log of a container that has not started",
      run: async (api) => {
        const log = (name: string, query = ""): Promise<unknown> => api.get(`${api.ns}/pods/${name}/log${query}`);
        await api.post(`${api.ns}/pods`, { metadata: { name: "silent" }, spec: pod({}) }, { quiet: true });
        const two = {
          metadata: { name: "silent-two" },
          spec: pod({ containers: [CONTAINER, { name: "d", image: "i:1" }] }),
        };
        await api.post(`${api.ns}/pods`, two, { quiet: true });
        await log("nobody");
        await log("silent", "?container=x");
        await log("silent-two");
      },
    },
  ],
};
