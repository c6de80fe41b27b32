import { toYaml } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import type { ObjectFormat } from "./object-formats.ts";

/** One object as itself, any other number as a List. */
export function formatObjects(objects: readonly KubeObject[], format: ObjectFormat): string {
  // The order in which people read and write them.
  const items = objects.map(({ apiVersion, kind, metadata, ...rest }) => ({ apiVersion, kind, metadata, ...rest }));
  const [only, ...others] = items;
  const whole = only !== undefined && others.length === 0 ? only : { apiVersion: "v1", kind: "List", items };
  return WRITE[format](whole, objects);
}

const WRITE: Readonly<Record<ObjectFormat, (whole: object, objects: readonly KubeObject[]) => string>> = {
  json: (whole) => `${JSON.stringify(whole, null, 2)}\n`,
  yaml: (whole) => toYaml(whole),
  name: (_whole, objects) => objects.map((object) => `${resourceName(object)}\n`).join(""),
};

/** As kubectl writes it: `workflow.argoproj.io/hello`, `configmap/hello`. */
export function resourceName({ apiVersion = "", kind = "", metadata }: KubeObject): string {
  const [group] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  return `${[kind.toLowerCase(), ...(group === undefined ? [] : [group])].join(".")}/${metadata.name ?? ""}`;
}
