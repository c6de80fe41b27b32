import { describe, expect, it } from "vitest";
import { parseSource, toSubmit, workflowFrom } from "../src/cluster/submission.ts";
import type { SubmissionFlags } from "../src/cluster/submission.ts";

const NONE: SubmissionFlags = { labels: new Map() };
const HERE = { namespace: "here", isAskedFor: false };

describe("a Workflow on its way to a cluster", () => {
  it.each([
    [{ name: "a" }, {}, { name: "a" }],
    [{ generateName: "a-" }, { name: "b" }, { name: "b" }],
    [{ name: "a" }, { generateName: "b-" }, { generateName: "b-" }],
  ])("%j with %j is called %j", (metadata, flags, want) => {
    expect(toSubmit({ metadata, spec: {} }, { ...NONE, ...flags }, HERE).metadata).toEqual({
      ...want,
      namespace: "here",
    });
  });

  it("keeps its labels, and gets those of the command line", () => {
    const flags = { labels: new Map([["team", "b"]]), instanceId: "blue" };
    expect(toSubmit({ metadata: { labels: { team: "a", x: "y" } }, spec: {} }, flags, HERE).metadata.labels).toEqual({
      team: "b",
      x: "y",
      "workflows.argoproj.io/controller-instanceid": "blue",
    });
  });

  it("goes where it says itself, unless it is told to go elsewhere", () => {
    const own = { metadata: { namespace: "own" }, spec: {} };
    expect(toSubmit(own, NONE, HERE).metadata.namespace).toBe("own");
    expect(() => toSubmit(own, NONE, { ...HERE, isAskedFor: true })).toThrow(/is for namespace own, and -n says here/);
  });

  it("is made of a template", () => {
    expect(workflowFrom(parseSource("wftmpl/build"))).toMatchObject({
      metadata: { generateName: "build-", labels: { "workflows.argoproj.io/workflow-template": "build" } },
      spec: { workflowTemplateRef: { name: "build" } },
    });
    expect(workflowFrom(parseSource("ClusterWorkflowTemplate.argoproj.io/build")).spec).toEqual({
      workflowTemplateRef: { name: "build", clusterScope: true },
    });
    expect(() => parseSource("build")).toThrow(/--from build: must be workflowtemplate\/NAME or/);
  });
});
