import { readFile } from "node:fs/promises";
import { formatManifestIssue, readManifests } from "@outrigger/kube";
import { formatIssues, templateParser } from "@outrigger/types";
import type { JsonObject, RequestTemplate } from "@outrigger/types";
import { shown } from "../files.ts";
import { UserError } from "../user-error.ts";

/** A file that says what a plugin is to do: a template with `plugin`, or only what stands below that. YAML or JSON. */
export async function readTemplate(file: string): Promise<RequestTemplate> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`${shown(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const read = readManifests(text, shown(file));
  if (!read.ok) throw new UserError(read.issues.map(formatManifestIssue).join("\n"));
  const [manifest] = read.value;
  if (manifest === undefined)
    throw new UserError(`${shown(file)} is empty: it must hold what stands below plugin in a template`);
  return templateOf(manifest.value, shown(file));
}

function templateOf(value: JsonObject, file: string): RequestTemplate {
  const parsed = templateParser("plugin" in value ? value : { plugin: value }, "");
  if (!parsed.ok) throw new UserError(`${file}: ${formatIssues(parsed.issues)}`);
  const { name = "main", inputs = {}, outputs = {}, plugin = {} } = parsed.value;
  return { name, inputs, outputs, metadata: {}, plugin };
}
