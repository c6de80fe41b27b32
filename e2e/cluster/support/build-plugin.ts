import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifests } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { outrigger } from "../../support/cli.ts";

/** The ConfigMap that `outrigger build` makes of a folder, with the image for Python that is in the cluster. */
export async function buildPlugin(source: string): Promise<JsonObject> {
  const folder = mkdtempSync(join(tmpdir(), "outrigger-e2e-"));
  try {
    cpSync(source, folder, { recursive: true });
    const { code, stderr } = await outrigger(["build", folder]);
    if (code !== 0) throw new Error(stderr);
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
