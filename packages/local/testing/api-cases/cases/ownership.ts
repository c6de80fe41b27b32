import type { JsonObject } from "@outrigger/types";
import { uidOf } from "../api-case.ts";
import type { CaseAnswer, CaseApi, CaseGroup } from "../api-case.ts";

const gone = ({ status }: CaseAnswer): boolean => status === 404;

async function make(api: CaseApi, name: string, metadata: JsonObject = {}): Promise<string> {
  const answer = await api.post(`${api.ns}/configmaps`, { metadata: { name, ...metadata } }, { quiet: true });
  return uidOf(answer);
}

function owner(name: string, uid: string, more: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", name, uid, ...more };
}

export const ownership: CaseGroup = {
  name: "ownership",
  cases: [
    {
      name: "what is owned goes with its owner",
      run: async (api) => {
        const uid = await make(api, "owner");
        await make(api, "owned", { ownerReferences: [owner("owner", uid)] });
        await make(api, "owned-twice-removed", {
          ownerReferences: [owner("owned", uidOf(await api.get(`${api.ns}/configmaps/owned`, { quiet: true })))],
        });
        await api.delete(`${api.ns}/configmaps/owner`);
        await api.eventually(`${api.ns}/configmaps/owned`, gone);
        await api.eventually(`${api.ns}/configmaps/owned-twice-removed`, gone);
      },
    },
    {
      name: "an owner that is not there takes what it owns along",
      run: async (api) => {
        await make(api, "stray", { ownerReferences: [owner("nobody", "11111111-2222-3333-4444-555555555555")] });
        await api.eventually(`${api.ns}/configmaps/stray`, gone);
      },
    },
    {
      name: "one of two owners is enough",
      run: async (api) => {
        const [one, two] = [await make(api, "one"), await make(api, "two")];
        await make(api, "shared", { ownerReferences: [owner("one", one), owner("two", two)] });
        await api.delete(`${api.ns}/configmaps/one`, undefined, { quiet: true });
        const owners = (answer: CaseAnswer): number =>
          (answer.body["metadata"] as { ownerReferences?: readonly unknown[] } | undefined)?.ownerReferences?.length ??
          0;
        await api.eventually(`${api.ns}/configmaps/shared`, (answer) => owners(answer) === 1);
        await api.delete(`${api.ns}/configmaps/two`, undefined, { quiet: true });
        await api.eventually(`${api.ns}/configmaps/shared`, gone);
      },
    },
    {
      name: "orphans stay",
      run: async (api) => {
        const uid = await make(api, "leaving");
        await make(api, "staying", { ownerReferences: [owner("leaving", uid)] });
        await api.delete(`${api.ns}/configmaps/leaving`, { propagationPolicy: "Orphan" }, { quiet: true });
        await api.eventually(`${api.ns}/configmaps/leaving`, gone);
        await api.get(`${api.ns}/configmaps/staying`);
      },
    },
    {
      name: "an owner that is deleted in the foreground waits for what blocks it",
      run: async (api) => {
        const uid = await make(api, "waiting");
        await make(api, "blocking", {
          ownerReferences: [owner("waiting", uid, { blockOwnerDeletion: true })],
          finalizers: ["example.com/a"],
        });
        await api.delete(`${api.ns}/configmaps/waiting`, { propagationPolicy: "Foreground" });
        await api.eventually(`${api.ns}/configmaps/blocking`, ({ body }) =>
          Object.hasOwn(body["metadata"] as object, "deletionTimestamp"),
        );
        await api.get(`${api.ns}/configmaps/waiting`);
        await api.patch(`${api.ns}/configmaps/blocking`, { metadata: { finalizers: null } }, { quiet: true });
        await api.eventually(`${api.ns}/configmaps/waiting`, gone);
      },
    },
    {
      name: "what a workflow owns goes with it",
      run: async (api) => {
        const base = `/apis/${api.group}/v1alpha1/namespaces/${api.namespace}`;
        const apiVersion = `${api.group}/v1alpha1`;
        const workflow = { apiVersion, kind: "Workflow", metadata: { name: "owner" }, spec: {} };
        const uid = uidOf(await api.post(`${base}/workflows`, workflow, { quiet: true }));
        const reference = {
          apiVersion,
          kind: "Workflow",
          name: "owner",
          uid,
          controller: true,
          blockOwnerDeletion: true,
        };
        const metadata = { name: "owner", ownerReferences: [reference] };
        await api.post(`${base}/workflowtasksets`, { apiVersion, kind: "WorkflowTaskSet", metadata, spec: {} });
        await api.delete(`${base}/workflows/owner`, undefined, { quiet: true });
        await api.eventually(`${base}/workflowtasksets/owner`, gone);
      },
    },
  ],
};
