import type { JsonValue } from "@outrigger/types";
import type { ApiCase, CaseGroup } from "../api-case.ts";

const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
const DATA = { a: "1", b: "2" };
const LABELS = { l: "1", "example.com/x": "2" };

/** How a wrong type is refused depends on how Go converts types. */
function refusal(body: JsonValue): JsonValue {
  const { code = 0, reason = null } = body as { code?: number; reason?: string };
  return { code, reason };
}

function patchCase(name: string, contentType: string, patch: JsonValue): ApiCase {
  const target = name.replaceAll(/[^a-z]+/g, "-").replaceAll(/^-|-$/g, "");
  const typeIsWrong = name.includes("another kind") || name.includes("another version");
  return {
    name,
    run: async (api) => {
      await api.post(
        `${api.ns}/configmaps`,
        { metadata: { name: target, labels: LABELS }, data: DATA },
        { quiet: true },
      );
      await api.patch(`${api.ns}/configmaps/${target}`, patch, {
        contentType,
        ...(typeIsWrong ? { pick: refusal } : {}),
      });
    },
  };
}

const JSON_PATCHES: readonly (readonly [string, JsonValue])[] = [
  ["add a field", [{ op: "add", path: "/data/c", value: "3" }]],
  ["add over a field", [{ op: "add", path: "/data/a", value: "9" }]],
  ["remove a field", [{ op: "remove", path: "/data/a" }]],
  ["remove what is not there", [{ op: "remove", path: "/data/nope" }]],
  ["replace a field", [{ op: "replace", path: "/data/a", value: "9" }]],
  ["replace what is not there", [{ op: "replace", path: "/data/nope", value: "9" }]],
  ["move a field", [{ op: "move", from: "/data/a", path: "/data/c" }]],
  ["copy a field", [{ op: "copy", from: "/data/a", path: "/data/c" }]],
  [
    "test that holds",
    [
      { op: "test", path: "/data/a", value: "1" },
      { op: "remove", path: "/data/a" },
    ],
  ],
  [
    "test that fails",
    [
      { op: "test", path: "/data/a", value: "2" },
      { op: "remove", path: "/data/a" },
    ],
  ],
  ["test of nothing for null", [{ op: "test", path: "/data/nope", value: null }]],
  [
    "escapes in a pointer",
    [
      { op: "remove", path: "/metadata/labels/example.com~1x" },
      { op: "test", path: "/metadata/labels/no~0ne", value: null },
    ],
  ],
  [
    "add to the end of a list",
    [
      { op: "add", path: "/metadata/finalizers", value: [] },
      { op: "add", path: "/metadata/finalizers/-", value: "a/b" },
    ],
  ],
  [
    "add beyond the end of a list",
    [
      { op: "add", path: "/metadata/finalizers", value: [] },
      { op: "add", path: "/metadata/finalizers/3", value: "a/b" },
    ],
  ],
  ["add below what is not there", [{ op: "add", path: "/metadata/annotations/a", value: "b" }]],
  ["an operation that is none", [{ op: "frob", path: "/data/a" }]],
  ["an operation without a path", [{ op: "remove" }]],
  ["no operations", []],
  ["no list", { op: "remove", path: "/data/a" }],
  ["a result of the wrong type", [{ op: "replace", path: "/data", value: "text" }]],
  ["a result of an unknown field", [{ op: "add", path: "/more", value: "x" }]],
];

const MERGE_PATCHES: readonly (readonly [string, JsonValue])[] = [
  ["merge in a field", { data: { c: "3" } }],
  ["null removes a field", { data: { a: null } }],
  ["null for what is not there", { data: { nope: null } }],
  ["null removes everything below", { data: null, metadata: { labels: null } }],
  ["a list replaces a list", { metadata: { finalizers: ["x/y"] } }],
  ["an empty patch", {}],
  ["a patch that is a list", []],
  ["a patch that is text", "text"],
  ["a patch of the wrong type", { data: { a: 1 } }],
  ["a patch of an unknown field", { more: { a: "b" } }],
  ["a patch of another kind", { kind: "Secret" }],
  ["a patch of another version", { apiVersion: "v2" }],
  ["a patch with a stale resourceVersion", { metadata: { resourceVersion: "1" }, data: { a: "5" } }],
  ["a patch with another uid", { metadata: { uid: "other" } }],
];

export const patches: CaseGroup = {
  name: "patches",
  cases: [
    ...JSON_PATCHES.map(([name, patch]) => patchCase(`json patch: ${name}`, JSON_PATCH, patch)),
    ...MERGE_PATCHES.map(([name, patch]) => patchCase(`merge patch: ${name}`, MERGE_PATCH, patch)),
    {
      name: "a patch of what is not there",
      run: async (api) => {
        await api.patch(`${api.ns}/configmaps/nowhere`, { data: {} });
        await api.patch(`${api.ns}/configmaps/nowhere`, [], { contentType: JSON_PATCH });
      },
    },
    {
      name: "a patch of an unknown media type",
      run: async (api) => {
        await api.patch(`${api.ns}/configmaps/nowhere`, {}, { contentType: "application/json" });
        await api.patch(
          `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets/nowhere`,
          {},
          {
            contentType: "application/strategic-merge-patch+json",
          },
        );
      },
    },
    {
      name: "a patch that is no JSON",
      run: async (api) => {
        await api.post(`${api.ns}/configmaps`, { metadata: { name: "no-json" } }, { quiet: true });
        const short = (body: JsonValue): JsonValue => ({
          ...(body as object),
          message: (body as { message: string }).message.slice(0, 20),
        });
        await api.request("PATCH", `${api.ns}/configmaps/no-json`, {
          text: "{bad",
          contentType: MERGE_PATCH,
          pick: short,
        });
        await api.request("PATCH", `${api.ns}/configmaps/no-json`, {
          text: "[bad",
          contentType: JSON_PATCH,
          pick: short,
        });
      },
    },
    {
      name: "only an apply can be forced",
      run: async (api) => {
        await api.post(`${api.ns}/configmaps`, { metadata: { name: "forced" } }, { quiet: true });
        await api.patch(`${api.ns}/configmaps/forced?force=true`, {});
      },
    },
    {
      name: "unknown fields of a patch, strictly",
      run: async (api) => {
        await api.post(`${api.ns}/configmaps`, { metadata: { name: "strict" } }, { quiet: true });
        await api.patch(`${api.ns}/configmaps/strict?fieldValidation=Strict`, { more: 1 });
        await api.patch(`${api.ns}/configmaps/strict?fieldValidation=Ignore`, { more: 1 });
        await api.patch(
          `${api.ns}/configmaps/strict?fieldValidation=Strict`,
          [{ op: "add", path: "/more", value: 1 }],
          {
            contentType: JSON_PATCH,
          },
        );
      },
    },
  ],
};
