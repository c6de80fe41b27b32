import type { Kind } from "../../kinds/kind.ts";

/** Query parameters that clients look for before they send them. */
export const WRITE_PARAMETERS = ["dryRun", "fieldManager", "fieldValidation", "force"] as const;

export const GROUP_VERSION_KIND = "x-kubernetes-group-version-kind";

export function groupVersionKind({ resource }: Kind): {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
} {
  const { group, version, kind } = resource;
  return { group, version, kind };
}

/** The path of one object, with its variables. */
export function objectPath({ resource }: Kind): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced ? "/namespaces/{namespace}" : ""}/${plural}/{name}`;
}
