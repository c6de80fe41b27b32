import { describe, expect, it } from "vitest";
import type { KubeObject } from "@outrigger/types";
import { selectorMatcher } from "../src/index.ts";

const object: KubeObject = {
  kind: "Pod",
  metadata: { name: "a", namespace: "argo", labels: { app: "web", "example.com/tier": "front", empty: "" } },
  spec: { nodeName: "n1", priority: 0 },
  status: { phase: "Running" },
};

describe("label selectors", () => {
  it.each([
    ["", true],
    ["app=web", true],
    ["app==web", true],
    ["app=db", false],
    ["app!=db", true],
    ["app!=web", false],
    ["absent!=x", true],
    ["absent=x", false],
    ["app", true],
    ["absent", false],
    ["!absent", true],
    ["!app", false],
    ["empty", true],
    ["empty=", true],
    ["app=", false],
    ["example.com/tier in (back, front)", true],
    ["example.com/tier in (back)", false],
    ["absent in (x)", false],
    ["app notin (db,cache)", true],
    ["app notin (db,web)", false],
    ["absent notin (x)", true],
    ["empty in ()", true],
    ["app=web, example.com/tier in (front,back),!absent", true],
    ["app=web,absent", false],
    ["toString", false],
    [" app = web ", true],
  ])("%s: %s", (labelSelector, want) => {
    expect(selectorMatcher({ labelSelector })(object)).toBe(want);
  });

  it("holds for an object without labels what it should", () => {
    expect(selectorMatcher({ labelSelector: "!app" })({ metadata: {} })).toBe(true);
    expect(selectorMatcher({ labelSelector: "app" })({ metadata: {} })).toBe(false);
  });

  it.each(["a b", "in (x)", "a=b=c", "a,,b"])("refuses %s", (labelSelector) => {
    expect(() => selectorMatcher({ labelSelector })).toThrow(SyntaxError);
  });
});

describe("field selectors", () => {
  it.each([
    ["metadata.name=a", true],
    ["metadata.name=b", false],
    ["metadata.name!=b,metadata.namespace=argo", true],
    ["status.phase==Running", true],
    ["spec.priority=0", true],
    ["spec.nodeName!=n1", false],
    ["spec.absent.deep=", true],
    ["spec.absent!=x", true],
  ])("%s: %s", (fieldSelector, want) => {
    expect(selectorMatcher({ fieldSelector })(object)).toBe(want);
  });

  it("refuses what is none", () => {
    expect(() => selectorMatcher({ fieldSelector: "metadata.name" })).toThrow(SyntaxError);
  });
});

it("goes by namespace and by both selectors together", () => {
  const selection = { namespace: "argo", labelSelector: "app=web", fieldSelector: "metadata.name=a" };
  expect(selectorMatcher(selection)(object)).toBe(true);
  expect(selectorMatcher({ ...selection, namespace: "default" })(object)).toBe(false);
});
