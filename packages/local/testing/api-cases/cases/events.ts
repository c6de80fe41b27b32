import type { JsonObject } from "@outrigger/types";
import type { CaseApi, CaseGroup } from "../api-case.ts";

function coreEvent(api: CaseApi, name: string): JsonObject {
  return {
    metadata: { name },
    involvedObject: {
      kind: "Workflow",
      namespace: api.namespace,
      name: "wf",
      uid: "u-1",
      apiVersion: "argoproj.io/v1alpha1",
    },
    reason: "WorkflowSucceeded",
    message: "it is done",
    source: { component: "controller" },
    firstTimestamp: "2001-02-03T04:05:06Z",
    lastTimestamp: "2001-02-03T04:05:06.789Z",
    count: 2,
    type: "Normal",
  };
}

export const events: CaseGroup = {
  name: "events",
  cases: [
    {
      name: "an event of the core group is seen in the other one",
      run: async (api) => {
        const named = `/apis/events.k8s.io/v1/namespaces/${api.namespace}/events`;
        await api.post(`${api.ns}/events`, coreEvent(api, "core"));
        await api.get(`${named}/core`);
        await api.get(`${api.ns}/events?fieldSelector=involvedObject.uid%3Du-1%2Creason%3DWorkflowSucceeded`, {
          pick: (body) => (body as JsonObject)["items"] ?? body,
        });
        await api.patch(
          `${api.ns}/events/core`,
          { count: 3 },
          { contentType: "application/strategic-merge-patch+json" },
        );
      },
    },
    {
      name: "an event of the other group is seen in the core one",
      run: async (api) => {
        const named = `/apis/events.k8s.io/v1/namespaces/${api.namespace}/events`;
        await api.post(named, {
          metadata: { name: "named" },
          eventTime: "2001-02-03T04:05:06.000001Z",
          reportingController: "example.com/controller",
          reportingInstance: "controller-1",
          action: "Finish",
          reason: "Done",
          regarding: { kind: "Pod", namespace: api.namespace, name: "p" },
          note: "a note",
          type: "Warning",
        });
        await api.get(`${api.ns}/events/named`);
      },
    },
    {
      name: "an event is about something in its own namespace",
      run: async (api) => {
        const event = coreEvent(api, "elsewhere");
        await api.post(`${api.ns}/events`, {
          ...event,
          involvedObject: { kind: "Pod", namespace: "elsewhere", name: "p" },
        });
        await api.post(`${api.ns}/events`, { metadata: { name: "about-nothing" } });
      },
    },
  ],
};
