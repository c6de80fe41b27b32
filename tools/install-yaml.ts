// `npm run install-yaml`: deploy/install.yaml, for those without Helm: the chart with its defaults and the hello plugin, in namespace argo.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./command.ts";
import { CHART, findHelm } from "./helm.ts";

export const INSTALL_YAML = join(dirname(CHART), "../install.yaml");
const HEADER =
  "# Generated from deploy/charts/outrigger by `npm run install-yaml`: kubectl apply --server-side -f install.yaml\n";
const NAMESPACE = "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: argo\n";

export function installYaml(helm: string): string {
  const args = ["template", "outrigger", CHART, "--namespace", "argo", "--set", "plugins.hello.enabled=true"];
  return `${HEADER}${NAMESPACE}${run([helm, ...args]).trimStart()}`;
}

if (import.meta.main) {
  const helm = findHelm(process.env);
  if (helm === undefined) throw new Error("there is no helm on the PATH; OUTRIGGER_HELM may name one");
  writeFileSync(INSTALL_YAML, installYaml(helm));
  console.log("deploy/install.yaml");
}
