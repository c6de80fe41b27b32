import { formatIssues, kubeObjectParser, templateParser } from "@outrigger/types";
import type { JsonObject, KubeObject, RequestTemplate } from "@outrigger/types";
import { shown } from "../files.ts";
import { UserError } from "../user-error.ts";
import { readManifestFile } from "../workflow-files.ts";

/** A file that says what a plugin is to do: a template with `plugin`, or only what stands below that. YAML or JSON. */
export async function readTemplate(file: string): Promise<RequestTemplate> {
  const [manifest] = await readManifestFile(file);
  if (manifest === undefined) {
    throw new UserError(`${shown(file)} is empty: it must hold what stands below plugin in a template`);
  }
  return templateOf(manifest.value, shown(file));
}

function templateOf(value: JsonObject, file: string): RequestTemplate {
  const parsed = templateParser("plugin" in value ? value : { plugin: value }, "");
  if (!parsed.ok) throw new UserError(`${file}: ${formatIssues(parsed.issues)}`);
  const { name = "main", inputs = {}, outputs = {}, plugin = {} } = parsed.value;
  return { name, inputs, outputs, metadata: {}, plugin };
}

const NEEDED_KINDS: ReadonlySet<unknown> = new Set(["Secret", "ConfigMap"]);

/** The Secrets and ConfigMaps of manifest files: what a plugin's container may refer to. */
export async function readNeeded(files: readonly string[]): Promise<readonly KubeObject[]> {
  const manifests = (await Promise.all(files.map((file) => readManifestFile(file)))).flat();
  return manifests
    .filter(({ value }) => NEEDED_KINDS.has(value["kind"]))
    .map(({ value, file }) => {
      const parsed = kubeObjectParser(value, "");
      if (parsed.ok) return parsed.value;
      throw new UserError(`${file}: ${formatIssues(parsed.issues)}`);
    });
}
