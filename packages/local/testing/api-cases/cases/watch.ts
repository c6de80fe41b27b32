import type { JsonValue } from "@outrigger/types";
import { eventTypes, versionOf } from "../api-case.ts";
import type { CaseApi, CaseGroup } from "../api-case.ts";

const BOOKMARKS = "allowWatchBookmarks=true";

async function currentVersion(api: CaseApi, path: string): Promise<string> {
  return versionOf(await api.get(path, { quiet: true }));
}

function label(value: string): JsonValue {
  return { metadata: { labels: { w: value } } };
}

export const watch: CaseGroup = {
  name: "watch",
  cases: [
    {
      name: "a watch from a version brings all that came after it",
      run: async (api) => {
        const path = `${api.ns}/configmaps`;
        const version = await currentVersion(api, path);
        await api.post(path, { metadata: { name: "seen" }, data: { a: "1" } }, { quiet: true });
        await api.patch(`${path}/seen`, { data: { a: "2" } }, { quiet: true });
        await api.delete(`${path}/seen`, undefined, { quiet: true });
        await api.watch(`${path}?watch=true&resourceVersion=${version}&fieldSelector=metadata.name%3Dseen`, {
          events: 3,
        });
      },
    },
    {
      name: "a watch without a version begins with what there is",
      run: async (api) => {
        const path = `${api.ns}/configmaps`;
        await api.post(path, { metadata: { name: "there" } }, { quiet: true });
        const selector = "fieldSelector=metadata.name%3Dthere";
        const change = (): Promise<unknown> => api.patch(`${path}/there`, { data: { a: "1" } }, { quiet: true });
        await api.watch(`${path}?watch=1&${selector}`, { events: 2, meanwhile: change });
        await api.watch(`${path}?watch=1&resourceVersion=0&${selector}`, { events: 1 });
      },
    },
    {
      name: "an object that begins or ceases to match is added or deleted",
      run: async (api) => {
        const path = `${api.ns}/configmaps`;
        const version = await currentVersion(api, path);
        await api.post(path, { metadata: { name: "matching", labels: { w: "no" } } }, { quiet: true });
        for (const value of ["yes", "no", "yes"]) await api.patch(`${path}/matching`, label(value), { quiet: true });
        await api.patch(`${path}/matching`, { data: { a: "1" } }, { quiet: true });
        await api.delete(`${path}/matching`, undefined, { quiet: true });
        await api.watch(`${path}?watch=true&resourceVersion=${version}&labelSelector=w%3Dyes`, { events: 5 });
      },
    },
    {
      name: "the last state before a deletion is what DELETED shows",
      run: async (api) => {
        const path = `${api.ns}/configmaps`;
        const version = await currentVersion(api, path);
        const meta = { name: "finalized", labels: { f: "y" }, finalizers: ["example.com/hold"] };
        await api.post(path, { metadata: meta }, { quiet: true });
        await api.delete(`${path}/finalized`, undefined, { quiet: true });
        await api.patch(`${path}/finalized`, { metadata: { finalizers: null, labels: { g: "z" } } }, { quiet: true });
        await api.watch(`${path}?watch=true&resourceVersion=${version}&labelSelector=f`, { events: 3 });
      },
    },
    {
      name: "a pod that is deleted is marked first",
      run: async (api) => {
        const path = `${api.ns}/pods`;
        const version = await currentVersion(api, path);
        const pod = {
          metadata: { name: "marked" },
          spec: { schedulerName: "none", containers: [{ name: "c", image: "i:1" }] },
        };
        await api.post(path, pod, { quiet: true });
        await api.delete(`${path}/marked`, undefined, { quiet: true });
        const events = await api.watch(
          `${path}?watch=true&resourceVersion=${version}&fieldSelector=metadata.name%3Dmarked`,
          { events: 3 },
        );
        api.note(eventTypes(events).join(" "));
      },
    },
    {
      name: "one object is watched by its name",
      run: async (api) => {
        const path = `${api.ns}/configmaps`;
        await api.post(path, { metadata: { name: "only" } }, { quiet: true });
        await api.watch(`${path}?watch=true&fieldSelector=metadata.name%3Donly`, { events: 1 });
      },
    },
    {
      name: "the initial events end with a bookmark where that is asked for",
      run: async (api) => {
        const path = `${api.ns}/secrets`;
        await api.post(path, { metadata: { name: "initial", labels: { initial: "y" } } }, { quiet: true });
        const query = `watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&${BOOKMARKS}`;
        const events = await api.watch(`${path}?${query}&labelSelector=initial`, { events: 2 });
        const [, bookmark] = events as unknown as { object: { metadata: { annotations?: JsonValue } } }[];
        api.note(JSON.stringify(bookmark?.object.metadata.annotations ?? null));
      },
    },
    {
      name: "a watch that ends says before up to where it came",
      run: async (api) => {
        const path = `${api.ns}/configmaps`;
        const version = await currentVersion(api, path);
        const query = `watch=true&resourceVersion=${version}&timeoutSeconds=4&${BOOKMARKS}`;
        await api.watch(`${path}?${query}&labelSelector=never`, {
          meanwhile: () => api.post(path, { metadata: { name: "unseen" } }, { quiet: true }),
          // How many there are is a matter of timing.
          pick: (events) => [...new Set(eventTypes(events))],
        });
      },
    },
    {
      name: "a version that is no longer known is expired",
      run: (api) => api.watch(`/apis/${api.group}/v1/widgets?watch=true&resourceVersion=1`, { events: 1 }),
    },
    {
      name: "a watch from a version that is no number",
      run: (api) => api.get(`${api.ns}/configmaps?watch=true&resourceVersion=abc`),
    },
    {
      name: "a watch as a table sends its columns once",
      run: async (api) => {
        const path = `${api.ns}/secrets`;
        await api.post(path, { metadata: { name: "tabled", labels: { tabled: "y" } } }, { quiet: true });
        await api.watch(`${path}?watch=true&labelSelector=tabled`, {
          events: 2,
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
          meanwhile: () => api.patch(`${path}/tabled`, { stringData: { a: "b" } }, { quiet: true }),
        });
      },
    },
    {
      name: "custom objects are watched like any other",
      run: async (api) => {
        const path = `/apis/${api.group}/v1alpha1/namespaces/${api.namespace}/workflows`;
        const version = await currentVersion(api, path);
        const workflow = {
          apiVersion: `${api.group}/v1alpha1`,
          kind: "Workflow",
          metadata: { name: "watched" },
          spec: {},
        };
        await api.post(path, workflow, { quiet: true });
        await api.patch(`${path}/watched`, { status: { phase: "Running" } }, { quiet: true });
        await api.delete(`${path}/watched`, undefined, { quiet: true });
        await api.watch(`${path}?watch=true&resourceVersion=${version}&fieldSelector=metadata.name%3Dwatched`, {
          events: 3,
        });
      },
    },
  ],
};
