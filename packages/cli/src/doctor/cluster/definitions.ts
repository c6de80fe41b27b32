import { CUSTOM_RESOURCE_DEFINITIONS } from "@outrigger/kube";
import { isJsonObject, list, object, string } from "@outrigger/types";
import type { JsonObject, KubeObject } from "@outrigger/types";
import { readCrds } from "../../crds.ts";
import { findings } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { look } from "./patient.ts";
import type { Patient } from "./patient.ts";

const INSTALL = "install the chart (docs/operate.md), or kubectl apply --server-side -f deploy/install.yaml";

/** Whether the API knows the kinds that are needed, and as whom they came. */
export async function checkDefinitions(patient: Patient): Promise<readonly Finding[]> {
  const wanted = await readCrds();
  const found = await Promise.all(wanted.map((definition) => checkDefinition(patient, definition)));
  // Where the same is to be said of all, one line says it.
  const [first] = found;
  const isSame = ({ verdict, what }: Finding): boolean => verdict === first?.verdict && what === first.what;
  return first !== undefined && found.every(isSame) ? [{ ...first, where: `all ${found.length}` }] : found;
}

async function checkDefinition(patient: Patient, wanted: JsonObject): Promise<Finding> {
  const { ok, warn, fail } = findings("crds");
  const name = nameOf(wanted);
  const seen = await look(patient, CUSTOM_RESOURCE_DEFINITIONS, { name });
  if (seen.kind === "absent") return fail(name, "this CustomResourceDefinition is missing", INSTALL);
  if (seen.kind === "hidden") return warn(name, "you may not look at it", "needs get on customresourcedefinitions");
  const [served, ours] = [versionOf(seen.object), versionOf(wanted)];
  if (served === undefined) return fail(name, "its version v1alpha1 is not served", INSTALL);
  if (hasStatus(ours) && !hasStatus(served))
    return fail(name, "it lacks the subresource status, which agents write", INSTALL);
  const isOurs = JSON.stringify(sorted(served["schema"])) === JSON.stringify(sorted(ours?.["schema"]));
  return ok(name, isOurs ? "as this version brings them" : "Argo's, or of another version: these work as well");
}

const namedParser = object<{ readonly metadata: { readonly name: string } }>(
  { metadata: object<{ readonly name: string }>({ name: string }, { required: ["name"] }) },
  { required: ["metadata"] },
);

function nameOf(definition: JsonObject): string {
  const parsed = namedParser(definition, "");
  return parsed.ok ? parsed.value.metadata.name : "";
}

const versionsParser = list(object<{ readonly name: string }>({ name: string }, { required: ["name"] }));

function versionOf(definition: KubeObject | JsonObject): JsonObject | undefined {
  const spec = definition["spec"];
  const versions = versionsParser(isJsonObject(spec) ? spec["versions"] : [], "versions");
  const found: unknown = versions.ok ? versions.value.find(({ name }) => name === "v1alpha1") : undefined;
  return isJsonObject(found) && found["served"] === true ? found : undefined;
}

function hasStatus(version: JsonObject | undefined): boolean {
  const subresources = version?.["subresources"];
  return isJsonObject(subresources) && "status" in subresources;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, field]) => [key, sorted(field)]),
  );
}
