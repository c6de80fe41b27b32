import { readPlugin } from "@outrigger/controller";
import type { InstalledPlugin } from "@outrigger/engine";
import { SECRETS, SERVICE_ACCOUNTS } from "@outrigger/kube";
import { formatIssues, isJsonObject, pluginConfigMapName } from "@outrigger/types";
import type { JsonValue, PluginContainer } from "@outrigger/types";
import { listPluginConfigMaps } from "../../plugin/installed.ts";
import { findings } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { collisions } from "../plugin-set.ts";
import type { KnownPlugin } from "../plugin-set.ts";
import { look } from "./patient.ts";
import type { Patient } from "./patient.ts";

const { ok, warn, fail } = findings("plugins");

/** The plugins that Workflows of the namespace can use: whether they can be read, get along, and find what they need. */
export async function checkPlugins(patient: Patient): Promise<readonly Finding[]> {
  const { client, namespace, installNamespace } = patient;
  const places = [...new Set([namespace, installNamespace])];
  const objects = (await Promise.all(places.map((place) => listPluginConfigMaps(client, place)))).flat();
  if (objects.length === 0) {
    return [ok(places.join(", "), "there are no plugins")];
  }
  const read = objects.map((object) => ({ object, plugin: readPlugin(object) }));
  const broken = read.flatMap(({ object: { metadata }, plugin }) =>
    plugin.ok
      ? []
      : [
          fail(
            `${metadata.namespace ?? ""}/${metadata.name ?? ""}`,
            formatIssues(plugin.issues),
            "outrigger build makes a sound one",
          ),
        ],
  );
  const plugins = read.flatMap(({ plugin }) => (plugin.ok ? [plugin.value] : []));
  const needs = await Promise.all(plugins.map((plugin) => checkNeeds(patient, plugin)));
  return [...broken, ...collisions(plugins.map(known), sameName), ...needs.flat()];
}

function known({ name, namespace, sidecar }: InstalledPlugin): KnownPlugin {
  return { name, where: namespace, container: sidecar.container };
}

function sameName(where: readonly string[]): string {
  return `namespaces ${where.join(" and ")} have a plugin of this name: that of the Workflow's own namespace is used`;
}

async function checkNeeds(
  patient: Patient,
  { name, namespace: home, sidecar }: InstalledPlugin,
): Promise<readonly Finding[]> {
  const { namespace } = patient;
  const where = `${home}/${name}`;
  const account = pluginConfigMapName(name);
  const problems: Finding[] = [];
  if (sidecar.automountServiceAccountToken === true) {
    const seen = await look(patient, SERVICE_ACCOUNTS, { namespace, name: account });
    if (seen.kind === "absent") {
      const next = `kubectl create serviceaccount ${account} -n ${namespace}, and bind to it what the plugin needs`;
      problems.push(
        warn(where, `it gets the token of service account ${account}, which is not in namespace ${namespace}`, next),
      );
    }
  }
  for (const secret of secretsOf(sidecar.container)) {
    const seen = await look(patient, SECRETS, { namespace, name: secret });
    if (seen.kind === "absent") {
      problems.push(
        warn(
          where,
          `it needs Secret ${secret}, which is not in namespace ${namespace}`,
          `kubectl create secret generic ${secret} -n ${namespace} --from-file=…`,
        ),
      );
    } else if (seen.kind === "hidden") {
      problems.push(
        warn(where, `you may not look whether Secret ${secret} is in namespace ${namespace}`, "needs get on secrets"),
      );
    }
  }
  return problems.length > 0 ? problems : [ok(where, `${sidecar.container.image ?? "no image"} has what it needs`)];
}

/** Secrets that a container cannot start without. */
function secretsOf({ env = [], envFrom = [] }: PluginContainer): readonly string[] {
  const references = [
    ...env.map(({ valueFrom }) => valueFrom?.["secretKeyRef"]),
    ...envFrom.map((from) => from["secretRef"]),
  ];
  return [...new Set(references.flatMap(requiredName))];
}

function requiredName(reference: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(reference) || reference["optional"] === true) return [];
  return typeof reference["name"] === "string" ? [reference["name"]] : [];
}
