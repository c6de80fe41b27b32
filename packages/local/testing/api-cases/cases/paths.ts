import type { CaseGroup } from "../api-case.ts";

export const paths: CaseGroup = {
  name: "paths",
  cases: [
    {
      name: "paths that lead nowhere",
      run: async (api) => {
        const missing = [
          "/api/v1/frobs",
          `${api.ns}/frobs`,
          "/apis/apps/v1/frobs",
          "/apis/frob.example.com/v1/frobs",
          `${api.ns}/configmaps/a/status`,
          `${api.ns}/configmaps/a/frob`,
          `/apis/${api.group}/v1/namespaces/${api.namespace}/frobs`,
          `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets/a/scale`,
          "/nothing",
        ];
        for (const path of missing) await api.get(path);
      },
    },
    {
      name: "methods that a path does not take",
      run: async (api) => {
        await api.put(`${api.ns}/configmaps`, {});
        await api.post(`${api.ns}/configmaps/a`, {});
        await api.patch(`${api.ns}/configmaps`, {});
        await api.post(`${api.ns}/pods/a/status`, {});
        await api.delete(`${api.ns}/pods/a/status`);
        await api.post("/api/v1/configmaps", { metadata: { name: "a" } });
        await api.put(`/apis/${api.group}/v1/namespaces/${api.namespace}/widgets`, {});
        await api.post(`/apis/${api.group}/v1/widgets`, {});
      },
    },
    {
      name: "an object without its namespace",
      run: (api) => api.get("/api/v1/configmaps/a"),
    },
  ],
};
