import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  CLUSTER_WORKFLOW_TEMPLATES,
  CONFIG_MAPS,
  LeaderElection,
  PODS,
  SERVICE_ACCOUNTS,
  WORKFLOWS,
  WORKFLOW_TEMPLATES,
  systemClock,
} from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { agentPodName } from "@outrigger/types";
import { resolveConfig } from "../src/config.ts";
import { CONTROLLER_PERMISSIONS } from "../src/permissions.ts";
import { ControllerTest } from "./support/cluster.ts";

// Asked of the API by the API itself, on our behalf.
const NEVER_CALLED = ["update workflows/finalizers"];

function named(verb: string, resource: string, subresource: string | undefined): string {
  return `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
}

async function lead(client: KubeClient): Promise<LeaderElection> {
  const lease = { namespace: "argo", name: "outrigger-controller", leaseMs: 15_000 };
  const election = new LeaderElection({ client, clock: systemClock, identity: "me", onError: () => {}, ...lease });
  election.start();
  await election.elected;
  return election;
}

describe("the permissions of the controller", () => {
  let test: ControllerTest;
  beforeEach(async () => {
    test = await ControllerTest.start();
  });
  afterEach(() => test[Symbol.asyncDispose]());

  it("are what it asks for, no less and no more", async () => {
    const asked = new Set<string>();
    const client = test.connect((call, run) => {
      asked.add(named(call.verb, call.resource, call.subresource));
      return run();
    });
    const leader = await lead(client);
    await test.startController(resolveConfig({ ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_AGENT_LINGER: "0s" }), client);
    const account = { name: "caller-executor-plugin", namespace: "default" };
    await test.client.create(SERVICE_ACCOUNTS, "default", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: account,
    });
    await test.installPlugin("caller");
    const automount = { data: { "sidecar.automountServiceAccountToken": "true" } };
    const plugin = { namespace: "argo", name: "caller-executor-plugin" };
    await test.client.patch(CONFIG_MAPS, plugin, { type: "merge", body: automount });
    const spec = { templates: [{ name: "call", plugin: { caller: {} } }] };
    const apiVersion = "argoproj.io/v1alpha1";
    const metadata = { name: "shared" };
    await test.client.create(WORKFLOW_TEMPLATES, "default", { apiVersion, kind: "WorkflowTemplate", metadata, spec });
    await test.client.create(CLUSTER_WORKFLOW_TEMPLATES, undefined, {
      apiVersion,
      kind: "ClusterWorkflowTemplate",
      metadata,
      spec,
    });
    // In the way of the first agent pod: the controller then reads anew what its caches may lack.
    const inTheWay = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: agentPodName("wf") },
      spec: { containers: [{ name: "a", image: "b" }] },
    };
    await test.client.create(PODS, "default", inTheWay);
    const call = (name: string, clusterScope: boolean) => ({
      name,
      templateRef: { name: "shared", template: "call", clusterScope },
    });
    await test.submit("wf", {
      entrypoint: "main",
      ttlStrategy: { secondsAfterCompletion: 1 },
      templates: [
        {
          name: "main",
          memoize: { key: "all", cache: { configMap: { name: "memory" } } },
          steps: [[call("a", false), call("b", true)]],
        },
      ],
    });
    await vi.waitFor(() => expect(asked).toContain("get pods"));
    await test.client.delete(PODS, { namespace: "default", name: agentPodName("wf") });
    await vi.waitFor(async () => expect(Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {})).toHaveLength(2));
    await test.client.patch(CONFIG_MAPS, plugin, { type: "merge", body: { metadata: { labels: { again: "1" } } } });
    for (const id of Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {})) {
      await test.answer("wf", { [id]: { phase: "Succeeded" } });
    }
    await vi.waitFor(async () => {
      const { items } = await test.client.list(WORKFLOWS, { namespace: "default" });
      expect(items).toEqual([]);
    }, 10_000);
    await test.submit("again", {
      entrypoint: "main",
      templates: [
        {
          name: "main",
          memoize: { key: "other", cache: { configMap: { name: "memory" } } },
          suspend: { duration: "0s" },
        },
      ],
    });
    await vi.waitFor(async () => expect((await test.workflow("again")).status?.phase).toBe("Succeeded"));

    await leader.stop(); // writes once more
    const allowed = CONTROLLER_PERMISSIONS.flatMap(({ resource, subresource, verbs }) =>
      verbs.map((verb) => named(verb, resource.plural, subresource)),
    );
    expect([...asked, ...NEVER_CALLED].sort()).toEqual(allowed.sort());
  });
});
