import type { Kind } from "../../kinds/kind.ts";
import { compareVersions } from "../../kinds/kind-registry.ts";
import type { KindRegistry } from "../../kinds/kind-registry.ts";
import { REVIEWS } from "./resource-list.ts";

export interface GroupVersions {
  readonly group: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

/** The groups that are served, except the core group. */
export function groupsOf(kinds: KindRegistry): GroupVersions[] {
  const versions = new Map<string, Set<string>>();
  const add = (group: string, version: string): void => {
    const known = versions.get(group) ?? new Set();
    versions.set(group, known.add(version));
  };
  for (const { resource } of kinds.all()) if (resource.group !== "") add(resource.group, resource.version);
  for (const review of REVIEWS) add(review.group, "v1");
  return [...versions].map(([group, each]) => ({ group, versions: [...each].sort(compareVersions) }));
}

export function kindsOf(kinds: KindRegistry, group: string, version: string): Kind[] {
  return kinds.all().filter(({ resource }) => resource.group === group && resource.version === version);
}
