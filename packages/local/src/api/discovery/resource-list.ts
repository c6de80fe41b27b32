import type { Kind } from "../../kinds/kind.ts";
import { ALL_VERBS } from "../../kinds/kind.ts";

/** One entry of a list of resources: a kind, or a subresource of it. */
export interface ApiResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly group?: string;
  readonly version?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

interface Subresource {
  readonly kind?: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

export const SUBRESOURCES: Readonly<Record<string, Subresource>> = {
  finalize: { verbs: ["update"] },
  log: { verbs: ["get"] },
  status: { verbs: ["get", "patch", "update"] },
  token: { kind: "TokenRequest", group: "authentication.k8s.io", version: "v1", verbs: ["create"] },
};

interface ReviewKind {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced?: boolean;
}

/** Kinds that are answered, not stored. */
export const REVIEWS: readonly ReviewKind[] = [
  { group: "authentication.k8s.io", plural: "selfsubjectreviews", kind: "SelfSubjectReview" },
  { group: "authentication.k8s.io", plural: "tokenreviews", kind: "TokenReview" },
  {
    group: "authorization.k8s.io",
    plural: "localsubjectaccessreviews",
    kind: "LocalSubjectAccessReview",
    namespaced: true,
  },
  { group: "authorization.k8s.io", plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview" },
  { group: "authorization.k8s.io", plural: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview" },
  { group: "authorization.k8s.io", plural: "subjectaccessreviews", kind: "SubjectAccessReview" },
];

/** What is served below one version of a group. */
export function resourcesOf(kinds: readonly Kind[], group: string): ApiResource[] {
  const stored = kinds.flatMap((kind) => [ofKind(kind), ...ofSubresources(kind)]);
  const reviews = REVIEWS.filter((review) => review.group === group).map((review) => ({
    name: review.plural,
    singularName: review.kind.toLowerCase(),
    namespaced: review.namespaced ?? false,
    kind: review.kind,
    verbs: ["create"],
  }));
  return [...stored, ...reviews].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ofKind(kind: Kind): ApiResource {
  const { plural, namespaced, kind: name } = kind.resource;
  return {
    name: plural,
    singularName: kind.singular,
    namespaced,
    kind: name,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  };
}

function ofSubresources(kind: Kind): ApiResource[] {
  const { plural, namespaced, kind: name } = kind.resource;
  return [...kind.subresources].map((subresource) => {
    const { kind: ownKind = name, verbs = ALL_VERBS, ...rest } = SUBRESOURCES[subresource] ?? {};
    return { ...rest, name: `${plural}/${subresource}`, singularName: "", namespaced, kind: ownKind, verbs };
  });
}
