import type { JsonObject, JsonValue } from "@outrigger/types";
import { versionOf } from "../api-case.ts";
import type { ApiCase, CaseApi, CaseGroup } from "../api-case.ts";

function widget(api: CaseApi, name: string, spec: JsonValue): JsonObject {
  return { apiVersion: `${api.group}/v1`, kind: "Widget", metadata: { name }, spec };
}

function widgets(api: CaseApi): string {
  return `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets`;
}

const SPECS: readonly (readonly [string, JsonValue])[] = [
  ["all is well", { size: 1, any: { x: { y: [1] } }, map: { a: 1 }, port: "http", nothing: null, nested: {} }],
  ["a field is missing", {}],
  ["there is no spec", null],
  ["a spec that is a list", []],
  ["text for a number", { size: "1" }],
  ["a fraction for a whole number", { size: 1.5 }],
  ["a whole number for a fraction", { size: 1, ratio: 2 }],
  ["too small", { size: 0 }],
  ["too large", { size: 11 }],
  ["not in the list", { size: 1, color: "green" }],
  ["too short", { size: 1, name: "a" }],
  ["too long", { size: 1, name: "abcd" }],
  ["no match", { size: 1, name: "AB" }],
  ["too many", { size: 1, list: ["a", "b", "c"] }],
  ["an item of the wrong type", { size: 1, list: [1] }],
  ["twice in a set", { size: 1, set: ["a", "a"] }],
  ["twice in a map of items", { size: 1, ports: [{ name: "a" }, { name: "a" }] }],
  ["an item without its key", { size: 1, ports: [{}] }],
  ["a number or text, given neither", { size: 1, port: true }],
  ["null where null is no value", { size: 1, big: null }],
  ["a value of the wrong type in a map", { size: 1, map: { a: "x" } }],
  ["neither of two", { size: 1, choice: {} }],
  ["both of two", { size: 1, choice: { a: "x", b: "y" } }],
  ["unknown fields", { size: 1, frob: 1, nested: { frob: 2 }, ports: [{ name: "a", frob: 3 }], any: { frob: 4 } }],
  ["several things wrong", { size: "x", color: "green", list: ["a", "b", "c"] }],
];

const specCases: readonly ApiCase[] = SPECS.map(([name, spec]) => ({
  name: `widget: ${name}`,
  run: (api) => api.post(`${widgets(api)}?dryRun=All`, widget(api, "a", spec)),
}));

export const customKinds: CaseGroup = {
  name: "custom-kinds",
  cases: [
    ...specCases,
    {
      name: "strict about unknown fields",
      run: (api) =>
        api.post(`${widgets(api)}?dryRun=All&fieldValidation=Strict`, {
          ...widget(api, "a", { size: 1, frob: 1, any: { frob: 2 } }),
          frob: 3,
        }),
    },
    {
      name: "a body must say what it is",
      run: async (api) => {
        const pick = (body: JsonValue): JsonValue => {
          const { code, reason = null } = body as { code: number; reason?: string };
          return { code, reason };
        };
        await api.post(widgets(api), { metadata: { name: "a" }, spec: { size: 1 } }, { pick });
        await api.post(widgets(api), { kind: "Widget", metadata: { name: "a" }, spec: { size: 1 } }, { pick });
      },
    },
    {
      name: "metadata of a custom object is read like any other",
      run: async (api) => {
        const create = (metadata: JsonValue): Promise<unknown> =>
          api.post(`${widgets(api)}?dryRun=All`, { ...widget(api, "a", { size: 1 }), metadata });
        await create({ name: "a", frob: 1, labels: { a: "b" }, annotations: null });
        await create({ name: "a", labels: { a: 1 } });
        await create({ name: "a", finalizers: ["anything"] });
        await create({ name: "Bad" });
        await create("text");
        await create({});
      },
    },
    {
      name: "the status is a part of its own",
      run: async (api) => {
        const path = `${widgets(api)}/stated`;
        const body = { ...widget(api, "stated", { size: 1 }), status: { phase: "Ignored" } };
        const created = await api.post(widgets(api), body);
        await api.put(path, { ...created.body, spec: { size: 2 }, status: { phase: "Ignored" } });
        const status = { phase: "Set", seen: 1, frob: 2 };
        await api.patch(`${path}/status`, { status, spec: { size: 3 }, metadata: { labels: { a: "b" } } });
        await api.patch(`${path}/status`, { status: { seen: "x" } });
        await api.patch(path, { status: { phase: "Ignored" } });
        await api.get(`${path}/status`);
        await api.patch(path, { spec: { size: 5 } });
      },
    },
    {
      name: "a workflow's status is written with the workflow",
      run: async (api) => {
        const base = `/apis/${api.group}/v1alpha1/namespaces/${api.namespace}/workflows`;
        const body = {
          apiVersion: `${api.group}/v1alpha1`,
          kind: "Workflow",
          metadata: { name: "whole" },
          spec: { entrypoint: "a" },
        };
        await api.post(base, { ...body, status: { phase: "Running" } });
        await api.patch(`${base}/whole`, {
          status: { nodes: { a: { phase: "Succeeded", outputs: { parameters: [] } } } },
        });
        await api.patch(`${base}/whole`, { metadata: { labels: { done: "true" } } });
        await api.patch(`${base}/whole/status`, { status: { phase: "Failed" } });
        await api.patch(`${base}/whole`, { status: { nodes: { a: null } } });
      },
    },
    {
      name: "a task set's results are written to its status",
      run: async (api) => {
        const base = `/apis/${api.group}/v1alpha1/namespaces/${api.namespace}/workflowtasksets`;
        const body = {
          apiVersion: `${api.group}/v1alpha1`,
          kind: "WorkflowTaskSet",
          metadata: { name: "tasks" },
          spec: { tasks: { "n-1": { plugin: { hello: {} } } } },
        };
        await api.post(base, body);
        await api.patch(`${base}/tasks/status`, { status: { nodes: { "n-1": { phase: "Succeeded" } } } });
        await api.patch(`${base}/tasks`, { spec: { tasks: { "n-1": null, "n-2": {} } } });
        await api.patch(`${base}/tasks/status`, { status: { nodes: { "n-1": null } } });
      },
    },
    {
      name: "an update needs a resourceVersion",
      run: async (api) => {
        const created = await api.post(widgets(api), widget(api, "versioned", { size: 1 }), { quiet: true });
        await api.put(`${widgets(api)}/versioned`, widget(api, "versioned", { size: 2 }));
        const metadata = { name: "versioned", resourceVersion: versionOf(created) };
        await api.put(`${widgets(api)}/versioned`, { ...widget(api, "versioned", { size: 2 }), metadata });
        await api.put(`${widgets(api)}/versioned`, { ...widget(api, "versioned", { size: 3 }), metadata });
        await api.put(`${widgets(api)}/missing`, {
          ...widget(api, "missing", { size: 3 }),
          metadata: { name: "missing" },
        });
      },
    },
    {
      name: "what was wrong and stays untouched is no obstacle",
      run: async (api) => {
        await api.post(widgets(api), widget(api, "ratchet", { size: 1 }), { quiet: true });
        await api.patch(`${widgets(api)}/ratchet`, { spec: { size: 11 } });
        await api.patch(`${widgets(api)}/ratchet`, { metadata: { labels: { a: "b" } } });
      },
    },
    {
      name: "defaults are filled in when an object is read",
      run: async (api) => {
        await api.post(widgets(api), widget(api, "defaulted", { size: 1, nested: {} }), { quiet: true });
        await api.patch(`${widgets(api)}/defaulted`, { spec: { color: null } });
      },
    },
    {
      name: "two versions of a kind without a namespace",
      run: async (api) => {
        const name = `g-${api.namespace}`;
        const gizmo = {
          apiVersion: `${api.group}/v1alpha1`,
          kind: "Gizmo",
          metadata: { name },
          anything: { goes: [1, null] },
        };
        await api.post(`/apis/${api.group}/v1alpha1/gizmos`, gizmo);
        await api.get(`/apis/${api.group}/v1/gizmos/${name}`);
        await api.patch(`/apis/${api.group}/v1/gizmos/${name}`, { more: 1 });
        await api.get(`/apis/${api.group}/v1alpha1/gizmos?fieldSelector=metadata.name%3D${name}`, {
          pick: (body) => ({
            ...(body as JsonObject),
            metadata: Object.keys((body as JsonObject)["metadata"] ?? {}).sort(),
          }),
        });
        await api.get(`/apis/${api.group}/v1/namespaces/${api.namespace}/gizmos`);
        await api.delete(`/apis/${api.group}/v1/gizmos/${name}`);
      },
    },
  ],
};
