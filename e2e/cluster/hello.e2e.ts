import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifests } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { ROOT, outrigger } from "../support/cli.ts";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";

const HELLO = { message: "Hello template!", outputs: { parameters: [{ name: "foo", value: "bar" }] } };

/** The ConfigMap that `outrigger build` makes of examples/python, with the image that is in the cluster. */
async function pythonPlugin(): Promise<JsonObject> {
  const folder = mkdtempSync(join(tmpdir(), "outrigger-e2e-"));
  try {
    cpSync(join(ROOT, "examples/python"), folder, { recursive: true });
    expect(await outrigger(["build", folder])).toMatchObject({ code: 0 });
    const file = readdirSync(folder).find((name) => name.endsWith("-configmap.yaml")) ?? "";
    const text = readFileSync(join(folder, file), "utf8").replace(/image: python:\S+/, "image: python:alpine3.6");
    const read = readManifests(text, file);
    const manifest = read.ok ? read.value[0] : undefined;
    if (manifest === undefined) throw new Error(text);
    return manifest.value;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("hello", () => {
  it("by the SDK, from the plugin that the chart installs, in two namespaces at once", async () => {
    await using first = await Scenario.start();
    await using second = await Scenario.start();
    const all = await Promise.all([first, second].map((scenario) => scenario.run(steps("hello", [{}]))));
    for (const status of all) {
      expect(status).toMatchObject({ phase: "Succeeded", progress: "1/1" });
      expect(nodeOf(status, "s0")).toMatchObject(HELLO);
    }
  });

  it("by a plugin in Python, built from its folder and installed in the namespace", async () => {
    await using scenario = await Scenario.start();
    await scenario.install(await pythonPlugin());
    const status = await scenario.run(steps("word-count", [{ text: "An outrigger keeps a boat steady" }]));
    expect(nodeOf(status, "s0")).toMatchObject({ phase: "Succeeded", message: expect.stringContaining("6") });
  });
});
