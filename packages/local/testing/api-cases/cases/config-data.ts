import type { JsonObject } from "@outrigger/types";
import type { ApiCase, CaseGroup } from "../api-case.ts";

const CONTENTS: readonly (readonly [string, string, JsonObject])[] = [
  ["text in a secret becomes data", "secrets", { stringData: { a: "text", b: "ü" }, data: { b: "eA==", c: "eQ==" } }],
  ["data of a secret that is not base64", "secrets", { data: { a: "%" } }],
  ["a secret for TLS without a key", "secrets", { type: "kubernetes.io/tls", data: { "tls.crt": "eA==" } }],
  ["a secret for pulling images without the file", "secrets", { type: "kubernetes.io/dockerconfigjson" }],
  ["a secret for an account without its name", "secrets", { type: "kubernetes.io/service-account-token" }],
  ["a secret of a type that nobody knows", "secrets", { type: "example.com/mine" }],
  ["keys that are none, in a secret", "secrets", { stringData: { "a/b": "x", "..": "y", "..z": "w" } }],
  ["keys that are none, in a config map", "configmaps", { data: { "a b": "x" } }],
  ["a key that is there twice", "configmaps", { data: { a: "x" }, binaryData: { a: "eA==" } }],
  ["data that is a number", "configmaps", { data: { a: 1 } }],
  ["data that is a list", "configmaps", { data: ["a"] }],
  ["data that is null", "configmaps", { data: { a: null }, binaryData: null }],
  ["binary data", "configmaps", { binaryData: { a: "AAECAw==" } }],
  ["an unknown field", "configmaps", { datum: { a: "1" } }],
];

const contentCases: readonly ApiCase[] = CONTENTS.map(([name, plural, content]) => ({
  name,
  run: (api) => api.post(`${api.ns}/${plural}?dryRun=All`, { metadata: { name: "a" }, ...content }),
}));

export const configData: CaseGroup = {
  name: "config-data",
  cases: [
    ...contentCases,
    {
      name: "what is immutable stays as it is",
      run: async (api) => {
        for (const plural of ["configmaps", "secrets"]) {
          const path = `${api.ns}/${plural}/fixed`;
          await api.post(`${api.ns}/${plural}`, { metadata: { name: "fixed" }, immutable: true, data: { a: "eA==" } });
          await api.patch(path, { data: { a: "eQ==" } });
          await api.patch(path, { immutable: false });
          await api.patch(path, { metadata: { labels: { a: "b" } } });
        }
      },
    },
    {
      name: "the type of a secret stays as it is",
      run: async (api) => {
        await api.post(`${api.ns}/secrets`, { metadata: { name: "typed" }, type: "example.com/one" }, { quiet: true });
        await api.patch(`${api.ns}/secrets/typed`, { type: "example.com/two" });
        await api.put(`${api.ns}/secrets/typed`, { metadata: { name: "typed" }, stringData: { a: "b" } });
      },
    },
    {
      name: "more than a MiB of data",
      run: async (api) => {
        await api.post(`${api.ns}/configmaps`, {
          metadata: { name: "large" },
          data: { a: "x".repeat(1024 * 1024 + 1) },
        });
        const data = { a: Buffer.alloc(1024 * 1024 + 1).toString("base64") };
        await api.post(`${api.ns}/secrets`, { metadata: { name: "large" }, data });
      },
    },
  ],
};
