import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TEMPLATES } from "@outrigger/kube";
import { ControllerTest } from "./support/cluster.ts";

const apiVersion = "argoproj.io/v1alpha1";
const SAY = { name: "say", plugin: { hello: {} } };

describe("WorkflowTemplates", () => {
  let test: ControllerTest;
  beforeEach(async () => {
    test = await ControllerTest.start();
    await test.installPlugin("hello");
    await test.startController();
  });
  afterEach(() => test[Symbol.asyncDispose]());

  it("are found as they are when the workflow is submitted, also those that others refer to", async () => {
    const all = {
      name: "all",
      steps: [
        [
          { name: "a", template: "say" },
          { name: "b", templateRef: { name: "shared", template: "say", clusterScope: true } },
        ],
      ],
    };
    const metadata = { name: "build", namespace: "default" };
    await test.client.create(CLUSTER_WORKFLOW_TEMPLATES, undefined, {
      apiVersion,
      kind: "ClusterWorkflowTemplate",
      metadata: { name: "shared" },
      spec: { templates: [SAY] },
    });
    const first = { apiVersion, kind: "WorkflowTemplate", metadata, spec: { templates: [] } };
    await test.client.create(WORKFLOW_TEMPLATES, "default", first);
    const body = { spec: { templates: [all, SAY] } };
    await test.client.patch(WORKFLOW_TEMPLATES, { namespace: "default", name: "build" }, { type: "merge", body });
    await test.submit("wf", {
      entrypoint: "main",
      templates: [{ name: "main", steps: [[{ name: "go", templateRef: { name: "build", template: "all" } }]] }],
    });
    await vi.waitFor(async () => expect(Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {})).toHaveLength(2));
    const { status } = await test.workflow("wf");
    expect(Object.keys(status?.storedTemplates ?? {}).sort()).toEqual([
      "cluster/shared/say",
      "namespaced/build/all",
      "namespaced/build/say",
    ]);
    const tasks = Object.keys((await test.taskSet("wf"))?.spec.tasks ?? {});
    await test.answer("wf", Object.fromEntries(tasks.map((id) => [id, { phase: "Succeeded" } as const])));
    await vi.waitFor(async () => expect((await test.workflow("wf")).status?.phase).toBe("Succeeded"));
  });

  it("that are missing end the workflow with a message", async () => {
    await test.submit("wf", {
      entrypoint: "main",
      templates: [{ name: "main", steps: [[{ name: "go", templateRef: { name: "build", template: "all" } }]] }],
    });
    await vi.waitFor(async () => expect((await test.workflow("wf")).status?.phase).toBe("Failed"));
    expect((await test.workflow("wf")).status?.message).toBe(
      'invalid spec: templates.main.steps[0].go template reference build.all not found: workflowtemplates.argoproj.io "build" not found',
    );
  });
});
