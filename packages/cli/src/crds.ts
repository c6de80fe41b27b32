import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { formatManifestIssue, readManifests } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";

// In the repository they are deploy/'s; a published package carries a copy.
const FOLDERS = [new URL("crds/", import.meta.url), new URL("../../../deploy/crds/", import.meta.url)];

/** The CustomResourceDefinitions that a cluster needs. */
export async function readCrds(): Promise<readonly JsonObject[]> {
  const folder = FOLDERS.find((candidate) => existsSync(candidate));
  if (folder === undefined) throw new Error(`no CRDs in ${FOLDERS.map((url) => fileURLToPath(url)).join(" or ")}`);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  const manifests = await Promise.all(
    names.map(async (name) => {
      const read = readManifests(await readFile(new URL(name, folder), "utf8"), name);
      if (!read.ok) throw new Error(read.issues.map(formatManifestIssue).join("\n"));
      return read.value;
    }),
  );
  return manifests.flat().map(({ value }) => value);
}
