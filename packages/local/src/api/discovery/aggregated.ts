import type { Kind } from "../../kinds/kind.ts";
import type { KindRegistry } from "../../kinds/kind-registry.ts";
import type { GroupVersions } from "./groups.ts";
import { kindsOf } from "./groups.ts";
import { REVIEWS, SUBRESOURCES } from "./resource-list.ts";

export const AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Everything that is served in one answer, as kubectl has asked for it since 1.26. */
export function aggregatedDiscovery(kinds: KindRegistry, groups: readonly GroupVersions[]): object {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: group === "" ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        resources: [...kindsOf(kinds, group, version).map(ofKind), ...reviewsOf(group)].sort(byResource),
        freshness: "Current",
      })),
    })),
  };
}

interface Discovered extends Readonly<Record<string, unknown>> {
  readonly resource: string;
}

function byResource(a: Discovered, b: Discovered): number {
  return a.resource < b.resource ? -1 : 1;
}

function ofKind(kind: Kind): Discovered {
  const { group, version, plural, namespaced, kind: name } = kind.resource;
  // Left empty, the group and version are those of the list.
  const place = kind.shape.from === "schema" ? { group, version } : { group: "", version: "" };
  const ownType = { ...place, kind: name };
  return {
    resource: plural,
    responseKind: ownType,
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.subresources.size === 0
      ? {}
      : { subresources: [...kind.subresources].map((each) => ofSubresource(each, ownType)) }),
  };
}

function ofSubresource(subresource: string, ownType: object): object {
  const { verbs = [], ...type } = SUBRESOURCES[subresource] ?? {};
  return { subresource, responseKind: { ...ownType, ...type }, verbs };
}

function reviewsOf(group: string): Discovered[] {
  const ofGroup = REVIEWS.filter((review) => review.group === group);
  return ofGroup.map(({ plural, kind, namespaced = false }) => ({
    resource: plural,
    responseKind: { group: "", version: "", kind },
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.toLowerCase(),
    verbs: ["create"],
  }));
}
