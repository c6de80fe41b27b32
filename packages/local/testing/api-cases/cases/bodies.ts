import type { JsonValue } from "@outrigger/types";
import type { CaseGroup } from "../api-case.ts";

/** Where a parser of ours says it in its own words: only the kind of refusal counts. */
function refusal(body: JsonValue): JsonValue {
  const { code = 0, reason = null, message = "" } = body as { code?: number; reason?: string; message?: string };
  return { code, reason, message: message.replace(/(json parse error: |representations: ).*$/s, "$1...") };
}

export const bodies: CaseGroup = {
  name: "bodies",
  cases: [
    {
      name: "bodies that cannot be read",
      run: async (api) => {
        const path = `${api.ns}/configmaps`;
        for (const text of ["{bad", "", "[1]", '"text"', "1", '{"metadata":']) {
          await api.request("POST", path, { text, pick: refusal });
        }
        await api.request("POST", path, { text: "null" });
        await api.request("POST", path, { text: "{}" });
      },
    },
    {
      name: "bodies of another kind or version",
      run: async (api) => {
        const path = `${api.ns}/configmaps`;
        const pick = (body: JsonValue): JsonValue => {
          const { code, reason = null } = body as { code: number; reason?: string };
          return { code, reason };
        };
        await api.post(path, { kind: "Secret", apiVersion: "v1", metadata: { name: "a" } }, { pick });
        await api.post(path, { kind: "ConfigMap", apiVersion: "v2", metadata: { name: "a" } }, { pick });
        await api.post(path, { kind: "ConfigMap", apiVersion: "apps/v1", metadata: { name: "a" } }, { pick });
        await api.post(
          `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets`,
          { kind: "Gizmo", apiVersion: `${api.group}/v1`, metadata: { name: "a" } },
          { pick },
        );
        await api.post(
          `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets`,
          { kind: "Widget", apiVersion: `${api.group}/v2`, metadata: { name: "a" } },
          { pick },
        );
      },
    },
    {
      name: "media types of bodies",
      run: async (api) => {
        const path = `${api.ns}/configmaps?dryRun=All`;
        await api.request("POST", path, {
          text: "metadata: {name: from-yaml}\ndata: {a: 'no'}",
          contentType: "application/yaml",
        });
        await api.request("POST", path, {
          text: '{"metadata":{"name":"charset"}}',
          contentType: "application/json; charset=utf-8",
        });
        await api.request("POST", path, { text: "{}", contentType: "text/plain", pick: refusal });
        await api.request("POST", path, {
          text: "{}",
          contentType: "application/x-www-form-urlencoded",
          pick: refusal,
        });
      },
    },
    {
      name: "media types of answers",
      run: async (api) => {
        const path = `${api.ns}/secrets/asked`;
        await api.post(`${api.ns}/secrets`, { metadata: { name: "asked" } }, { quiet: true });
        await api.get(path, { accept: "application/yaml", pick: (body) => body });
        await api.get(path, { accept: "*/*" });
        await api.get(path, { accept: "application/*", pick: refusal });
        await api.get(path, { accept: "text/html, application/json;q=0.9, */*;q=0.8" });
        await api.get(path, {
          accept: "application/frob",
          pick: (body) => ({ code: (body as { code: number }).code, reason: (body as { reason: string }).reason }),
        });
        await api.get(path, { accept: "application/json;as=Frob;v=v1;g=meta.k8s.io, application/json" });
        await api.get(path, { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" });
        await api.get(`${api.ns}/secrets?fieldSelector=metadata.name%3Dasked`, {
          accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
          pick: (body) => ({ ...(body as object), metadata: {} }),
        });
      },
    },
    {
      name: "objects that are too large",
      run: async (api) => {
        const path = `/apis/${api.group}/v1alpha1/namespaces/${api.namespace}/workflows`;
        const workflow = (name: string, bytes: number): JsonValue => ({
          apiVersion: `${api.group}/v1alpha1`,
          kind: "Workflow",
          metadata: { name },
          spec: { text: "x".repeat(bytes) },
        });
        const size = (body: JsonValue): JsonValue => ((body as { kind: string }).kind === "Status" ? body : "taken");
        await api.post(path, workflow("fits", 1_500_000), { pick: size });
        await api.post(path, workflow("too-large", 1_600_000), { pick: size });
        await api.post(path, workflow("far-too-large", 3_200_000), { pick: size });
        await api.patch(`${path}/fits`, { spec: { more: "x".repeat(100_000) } }, { pick: size });
        await api.delete(`${path}/fits`, undefined, { quiet: true });
      },
    },
    {
      name: "unknown and mistyped fields",
      run: async (api) => {
        const path = `${api.ns}/configmaps?dryRun=All`;
        const body = { metadata: { name: "a", frob: 1, labels: { a: "b" } }, frob: {} };
        await api.post(path, body);
        await api.post(`${path}&fieldValidation=Ignore`, body);
        await api.post(`${path}&fieldValidation=Strict`, body);
        await api.post(path, { metadata: "text" });
        await api.post(path, { metadata: { name: 1 } });
        await api.post(path, { metadata: { name: "a", labels: { a: true } } });
        await api.post(path, { metadata: { name: "a", labels: ["a"] } });
        await api.post(path, { metadata: { name: "a", creationTimestamp: "yesterday" } });
        await api.post(path, { metadata: { name: "a" }, immutable: "yes" });
      },
    },
  ],
};
