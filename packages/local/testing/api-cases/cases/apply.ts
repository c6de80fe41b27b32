import type { JsonObject, JsonValue } from "@outrigger/types";
import type { CaseApi, CaseGroup } from "../api-case.ts";

const APPLY = "application/apply-patch+yaml";

function apply(api: CaseApi, path: string, body: JsonObject, query = "fieldManager=one"): Promise<unknown> {
  return api.request("PATCH", `${path}?${query}`, { body, contentType: APPLY });
}

function configMap(name: string, content: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...metadata }, ...content };
}

/** A patch that cannot be read is refused in the words of a parser. */
function refusal(body: JsonValue): JsonValue {
  const { code = 0, reason = null, message = "" } = body as { code?: number; reason?: string; message?: string };
  return { code, reason, message: message.slice(0, 20) };
}

export const applying: CaseGroup = {
  name: "apply",
  cases: [
    {
      name: "an object is made, changed and left as it is",
      run: async (api) => {
        const path = `${api.ns}/configmaps/applied`;
        await apply(api, path, configMap("applied", { data: { a: "1", b: "2" } }));
        await apply(api, path, configMap("applied", { data: { a: "1", b: "2" } }));
        await apply(api, path, configMap("applied", { data: { a: "3", b: "2" } }));
      },
    },
    {
      name: "what is no longer mentioned goes",
      run: async (api) => {
        const path = `${api.ns}/configmaps/shrinking`;
        await apply(
          api,
          path,
          configMap(
            "shrinking",
            { data: { a: "1", b: "2" } },
            { labels: { l: "1", m: "2" }, finalizers: ["a/b", "a/c"] },
          ),
        );
        await apply(
          api,
          path,
          configMap("shrinking", { data: { b: "2" } }, { labels: { m: "2" }, finalizers: ["a/c"] }),
        );
        await apply(api, path, configMap("shrinking", {}));
      },
    },
    {
      name: "two managers share an object",
      run: async (api) => {
        const path = `${api.ns}/configmaps/shared`;
        await apply(api, path, configMap("shared", { data: { a: "1", c: "3" } }));
        await apply(api, path, configMap("shared", { data: { b: "2", c: "3" } }), "fieldManager=two");
        await apply(api, path, configMap("shared", { data: {} }));
        await apply(api, path, configMap("shared", { data: { c: "9", b: "8" } }));
        await apply(api, path, configMap("shared", { data: { c: "9" } }));
        await apply(api, path, configMap("shared", { data: { c: "9" } }), "fieldManager=one&force=true");
        await apply(api, path, configMap("shared", { data: { b: "2" } }), "fieldManager=two");
      },
    },
    {
      name: "items of lists are told apart by their keys",
      run: async (api) => {
        const path = `${api.ns}/pods/listed`;
        const pick = (body: JsonValue): JsonValue =>
          ((body as JsonObject)["spec"] as JsonObject | undefined)?.["containers"] ?? body;
        const pod = (containers: JsonValue): JsonObject => ({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "listed" },
          spec: { schedulerName: "none", automountServiceAccountToken: false, containers },
        });
        const send = (containers: JsonValue, manager: string): Promise<unknown> =>
          api.request("PATCH", `${path}?fieldManager=${manager}`, { body: pod(containers), contentType: APPLY, pick });
        await send(
          [{ name: "a", image: "a:1", ports: [{ containerPort: 80 }], env: [{ name: "X", value: "1" }] }],
          "one",
        );
        await send([{ name: "a", image: "a:2" }], "two");
        await send(
          [{ name: "a", image: "a:2", ports: [{ containerPort: 80 }], env: [{ name: "X", value: "1" }] }],
          "one",
        );
      },
    },
    {
      name: "a dry run applies nothing",
      run: async (api) => {
        await apply(
          api,
          `${api.ns}/configmaps/dry`,
          configMap("dry", { data: { a: "1" } }),
          "fieldManager=one&dryRun=All",
        );
        await api.get(`${api.ns}/configmaps/dry`);
      },
    },
    {
      name: "what is applied is YAML",
      run: (api) =>
        api.request("PATCH", `${api.ns}/configmaps/yaml?fieldManager=one`, {
          text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: 'x'}",
          contentType: APPLY,
        }),
    },
    {
      name: "what cannot be applied",
      run: async (api) => {
        const path = `${api.ns}/configmaps/refused`;
        const body = configMap("refused", {});
        await apply(api, path, body, "");
        await apply(api, path, { ...body, apiVersion: "v2" });
        await apply(api, path, configMap("other", {}));
        await apply(api, path, configMap("refused", {}, { managedFields: [] }));
        await apply(api, path, configMap("refused", {}, { uid: "another" }));
        await api.request("PATCH", `${path}?fieldManager=one`, { text: "{bad: [", contentType: APPLY, pick: refusal });
      },
    },
    {
      name: "a custom object is applied",
      run: async (api) => {
        const path = `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets/applied`;
        const widget = (spec: JsonObject): JsonObject => ({
          apiVersion: `${api.group}/v1`,
          kind: "Widget",
          metadata: { name: "applied" },
          spec,
        });
        await apply(api, path, widget({ size: 1, any: { a: 1 }, ports: [{ name: "a", value: 1 }], set: ["x"] }));
        await apply(
          api,
          path,
          widget({ size: 1, any: { b: 2 }, ports: [{ name: "b" }], set: ["y"] }),
          "fieldManager=two",
        );
        await apply(api, path, widget({ size: 2 }));
        await apply(api, path, widget({ size: 1 }));
        await apply(api, path, widget({ size: 99 }), "fieldManager=one&force=true");
      },
    },
    {
      name: "a status is applied",
      run: async (api) => {
        const path = `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets/stated`;
        const widget = { apiVersion: `${api.group}/v1`, kind: "Widget", metadata: { name: "stated" } };
        await apply(api, path, { ...widget, spec: { size: 1 } });
        await apply(api, `${path}/status`, { ...widget, status: { phase: "Good", seen: 1 } }, "fieldManager=two");
        await apply(api, `${path}/status`, { ...widget, status: { phase: "Better" } }, "fieldManager=two");
        await apply(api, `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets/missing/status`, {
          ...widget,
          metadata: { name: "missing" },
          status: {},
        });
      },
    },
  ],
};
