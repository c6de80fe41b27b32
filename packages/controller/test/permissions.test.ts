import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  CLUSTER_WORKFLOW_TEMPLATES,
  CONFIG_MAPS,
  EVENTS,
  KubeError,
  LeaderElection,
  LeapingClock,
  PODS,
  SERVICE_ACCOUNTS,
  WORKFLOWS,
  WORKFLOW_TASK_SETS,
  WORKFLOW_TEMPLATES,
  systemClock,
} from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { agentPodName } from "@outrigger/types";
import { resolveConfig } from "../src/config.ts";
import type { Controller } from "../src/controller.ts";
import { CONTROLLER_PERMISSIONS } from "../src/permissions.ts";
import { ControllerTest } from "./support/cluster.ts";

// Asked of the API by the API itself, on our behalf.
const NEVER_CALLED = ["update workflows/finalizers"];

function named(verb: string, resource: string, subresource: string | undefined): string {
  return `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
}

const WAIT = { timeout: 10_000, interval: 20 };
const TWO_CALLS = {
  entrypoint: "main",
  templates: [
    { name: "main", steps: [[{ name: "a", template: "call" }], [{ name: "b", template: "call" }]] },
    { name: "call", plugin: { caller: {} } },
  ],
};

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
    const config = resolveConfig({ ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_AGENT_LINGER: "0s" });
    const clock = new LeapingClock();
    await test.startController(config, client, { clock });
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
    // An agent that runs and says nothing: may it do what it has to?
    const running = { type: "merge", body: { status: { phase: "Running" } } } as const;
    const pod = { namespace: "default", name: agentPodName("wf") };
    await vi.waitFor(() => test.client.patch(PODS, pod, running, { subresource: "status" }), WAIT);
    clock.leap(10_000);
    await vi.waitFor(() => expect(asked).toContain("create localsubjectaccessreviews"));
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

describe("a permission that the controller lacks", () => {
  let test: ControllerTest;
  beforeAll(async () => {
    test = await ControllerTest.start();
    const { client } = test;
    const metadata = { name: "caller-executor-plugin", namespace: "default" };
    await client.create(SERVICE_ACCOUNTS, "default", { apiVersion: "v1", kind: "ServiceAccount", metadata });
    const { data, ...plugin } = await test.installPlugin("caller");
    const automount = { ...(data as object), "sidecar.automountServiceAccountToken": "true" };
    await client.patch(
      CONFIG_MAPS,
      { namespace: "argo", name: plugin.metadata.name ?? "" },
      { type: "merge", body: { data: automount } },
    );
  });
  afterAll(() => test[Symbol.asyncDispose]());

  const controllerWithout = (right: string, instance: string): Controller => {
    const client = test.connect((call, run) => {
      if (named(call.verb, call.resource, call.subresource) !== right) return run();
      const details = { reason: "Forbidden", status: 403, request: right } as const;
      return Promise.reject(new KubeError("is forbidden", details));
    });
    const config = resolveConfig({ ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_INSTANCE_ID: instance });
    const controller = test.createController(config, client);
    controller.start().catch(() => {}); // stopped at the end, before it was ready
    return controller;
  };

  /** The name of a Workflow that such a controller runs. */
  const runWithout = async (right: string): Promise<string> => {
    const name = right.replaceAll(/[ /]/g, "-");
    controllerWithout(right, name);
    await test.submit(name, TWO_CALLS, "default", { "workflows.argoproj.io/controller-instanceid": name });
    return name;
  };

  const messagesOf = async (name: string): Promise<string> => {
    const { status } = await test.workflow(name);
    return Object.values(status?.nodes ?? {})
      .map(({ message }) => message)
      .join();
  };

  it.concurrent.each([
    ["create workflowtasksets", "cannot go on: create workflowtasksets: is forbidden"],
    ["watch workflowtasksets", "cannot go on: watch workflowtasksets: is forbidden"],
    ["create pods", "cannot go on: create pods: is forbidden"],
    ["watch pods", "cannot go on: watch pods: is forbidden"],
    ["get secrets", "no agent pod can be made: get secrets: is forbidden"],
    ["create secrets", "cannot go on: create secrets: is forbidden"],
    ["patch secrets", "cannot go on: patch secrets: is forbidden"],
    ["create serviceaccounts/token", "cannot go on: create serviceaccounts/token: is forbidden"],
  ])("to %s, the step names that waits", async (right, message) => {
    const name = await runWithout(right);
    await vi.waitFor(async () => expect(await messagesOf(name)).toContain(message), WAIT);
  });

  it.concurrent("to patch workflowtasksets, the step names that comes next", async () => {
    const name = await runWithout("patch workflowtasksets");
    await vi.waitFor(async () => expect(await test.taskSet(name)).toBeDefined(), WAIT);
    const tasks = Object.keys((await test.taskSet(name))?.spec.tasks ?? {});
    await test.answer(name, Object.fromEntries(tasks.map((id) => [id, { phase: "Succeeded" }])));
    const message = "cannot go on: patch workflowtasksets: is forbidden";
    await vi.waitFor(async () => expect(await messagesOf(name)).toContain(message), WAIT);
  });

  it.concurrent("to patch workflows, an Event names: the Workflow itself cannot tell", async () => {
    const name = await runWithout("patch workflows");
    await vi.waitFor(async () => {
      const { items } = await test.client.list(EVENTS, { namespace: "default" });
      const own = items.filter(({ metadata }) => metadata.name?.startsWith(`${name}.`));
      expect(own).toMatchObject([{ type: "Warning", reason: "CannotGoOn", message: "patch workflows: is forbidden" }]);
    }, WAIT);
  });

  it.concurrent.each(
    [WORKFLOWS, WORKFLOW_TASK_SETS, PODS, CONFIG_MAPS].flatMap(({ plural }) => [`list ${plural}`, `watch ${plural}`]),
  )("to %s, /readyz names", async (right) => {
    const controller = controllerWithout(right, "none");
    await vi.waitFor(() => expect(controller.notReady().join()).toContain(`${right}: is forbidden`), WAIT);
  });
});
