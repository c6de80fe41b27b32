// `npm run install-yaml`: for those without Helm, what it would install in namespace argo with the hello plugin: the controller, or the
// shared agent alone.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./command.ts";
import { CHART, findHelm } from "./helm.ts";

const root = dirname(import.meta.dirname);
const NAMESPACE = "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: argo\n";

interface Manifest {
  readonly path: string;
  readonly values: readonly string[];
  /** Before what the chart makes. */
  readonly first: string;
}

export const MANIFESTS: readonly Manifest[] = [
  { path: "deploy/install.yaml", values: [], first: NAMESPACE },
  { path: "deploy/shared-agent.yaml", values: ["mode=agent"], first: "" },
];

export function renderManifest({ path, values, first }: Manifest, helm: string): string {
  const set = [...values, "plugins.hello.enabled=true"].join(",");
  const yaml = run([helm, "template", "outrigger", CHART, "--namespace", "argo", "--set", set]);
  const header = `# Generated from deploy/charts/outrigger by \`npm run install-yaml\`: kubectl apply --server-side -f ${path}\n`;
  return `${header}${first}${yaml.trimStart()}`;
}

if (import.meta.main) {
  const helm = findHelm(process.env);
  if (helm === undefined) throw new Error("there is no helm on the PATH; OUTRIGGER_HELM may name one");
  for (const manifest of MANIFESTS) {
    writeFileSync(join(root, manifest.path), renderManifest(manifest, helm));
    console.log(manifest.path);
  }
}
