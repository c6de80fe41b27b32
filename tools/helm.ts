import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

export const CHART = join(dirname(import.meta.dirname), "deploy/charts/outrigger");

/** Helm 3 or 4: what OUTRIGGER_HELM names, else the one on the PATH. */
export function findHelm(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [env["OUTRIGGER_HELM"] ?? "", ...folders.map((folder) => join(folder, "helm"))].find(
    (path) => path !== "" && existsSync(path),
  );
}
