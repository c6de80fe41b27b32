import type { Resource } from "@outrigger/kube";
import { BUILT_IN_COLUMNS } from "../columns/built-in-columns.ts";
import { PLAIN_COLUMNS } from "../columns/column.ts";
import { decodeBuiltIn } from "../decode-built-in.ts";
import { ALL_VERBS } from "../kind.ts";
import type { Conversion, Kind, Strategy } from "../kind.ts";
import { label1035Name, pathSegmentName } from "../name-rules.ts";
import { ownStatusStrategy, plainStrategy, statusStrategy } from "../strategies.ts";
import { configMapStrategy, secretStrategy } from "./config-data.ts";
import { CRD_RESOURCE, crdStrategy } from "./custom-resource-definition.ts";
import { eventStrategy, fromCoreEvent, toCoreEvent } from "./event.ts";
import { namespaceStrategy } from "./namespace.ts";
import { podStrategy } from "./pod.ts";
import { SELECTABLE_FIELDS } from "./selectable-fields.ts";

interface BuiltIn {
  readonly kind: string;
  readonly plural: string;
  readonly clusterWide?: boolean;
  readonly shortNames?: readonly string[];
  readonly all?: boolean;
  readonly strategy?: Strategy;
  readonly subresources?: readonly string[];
  /** Not to be deleted in bulk. */
  readonly oneByOne?: boolean;
  /** Its type in the table of Kubernetes' types, where that is not its kind. */
  readonly struct?: string;
  /** Where it is stored, if that is the place of another version, and how it differs from that. */
  readonly collection?: string;
  readonly conversion?: Conversion;
}

const DEFAULTS = { clusterWide: false, all: false, oneByOne: false, shortNames: [], subresources: [] } as const;

/** For kinds that are shown once more when they are deleted. */
const shown: Strategy = { ...ownStatusStrategy, returnsDeleted: true };

const CORE: readonly BuiltIn[] = [
  { kind: "ConfigMap", plural: "configmaps", shortNames: ["cm"], strategy: configMapStrategy },
  { kind: "Endpoints", plural: "endpoints", shortNames: ["ep"] },
  { kind: "Event", plural: "events", shortNames: ["ev"], strategy: eventStrategy },
  { kind: "LimitRange", plural: "limitranges", shortNames: ["limits"] },
  {
    kind: "Namespace",
    plural: "namespaces",
    clusterWide: true,
    shortNames: ["ns"],
    strategy: namespaceStrategy,
    subresources: ["finalize", "status"],
    oneByOne: true,
  },
  { kind: "Node", plural: "nodes", clusterWide: true, shortNames: ["no"], subresources: ["status"] },
  {
    kind: "PersistentVolumeClaim",
    plural: "persistentvolumeclaims",
    shortNames: ["pvc"],
    strategy: shown,
    subresources: ["status"],
  },
  {
    kind: "PersistentVolume",
    plural: "persistentvolumes",
    clusterWide: true,
    shortNames: ["pv"],
    strategy: shown,
    subresources: ["status"],
  },
  {
    kind: "Pod",
    plural: "pods",
    shortNames: ["po"],
    all: true,
    strategy: podStrategy,
    subresources: ["log", "status"],
  },
  { kind: "ResourceQuota", plural: "resourcequotas", shortNames: ["quota"], strategy: shown, subresources: ["status"] },
  { kind: "Secret", plural: "secrets", strategy: secretStrategy },
  {
    kind: "ServiceAccount",
    plural: "serviceaccounts",
    shortNames: ["sa"],
    strategy: { ...plainStrategy, returnsDeleted: true },
    subresources: ["token"],
  },
  {
    kind: "Service",
    plural: "services",
    shortNames: ["svc"],
    all: true,
    strategy: { ...ownStatusStrategy, nameRule: label1035Name, returnsDeleted: true },
    subresources: ["status"],
  },
];

const APPS: readonly BuiltIn[] = [
  { kind: "DaemonSet", plural: "daemonsets", shortNames: ["ds"], all: true, subresources: ["status"] },
  { kind: "Deployment", plural: "deployments", shortNames: ["deploy"], all: true, subresources: ["status"] },
  { kind: "ReplicaSet", plural: "replicasets", shortNames: ["rs"], all: true, subresources: ["status"] },
  { kind: "StatefulSet", plural: "statefulsets", shortNames: ["sts"], all: true, subresources: ["status"] },
];

const rbac: Strategy = { ...plainStrategy, nameRule: pathSegmentName, createOnUpdate: true };

/** The built-in kinds by group and version. Those without a strategy of their own are kept and listed; nothing acts on them (LIMITS.md). */
const GROUPS: readonly { readonly group: string; readonly version: string; readonly kinds: readonly BuiltIn[] }[] = [
  { group: "", version: "v1", kinds: CORE },
  { group: "apps", version: "v1", kinds: APPS },
  {
    group: "events.k8s.io",
    version: "v1",
    kinds: [
      {
        kind: "Event",
        plural: "events",
        shortNames: ["ev"],
        strategy: eventStrategy,
        struct: "EventsEvent",
        collection: "events",
        conversion: { toStored: toCoreEvent, fromStored: fromCoreEvent },
      },
    ],
  },
  {
    group: "batch",
    version: "v1",
    kinds: [
      { kind: "CronJob", plural: "cronjobs", shortNames: ["cj"], all: true, subresources: ["status"] },
      { kind: "Job", plural: "jobs", all: true, subresources: ["status"] },
    ],
  },
  {
    group: "networking.k8s.io",
    version: "v1",
    kinds: [
      { kind: "Ingress", plural: "ingresses", shortNames: ["ing"], subresources: ["status"] },
      { kind: "NetworkPolicy", plural: "networkpolicies", shortNames: ["netpol"], strategy: statusStrategy },
    ],
  },
  {
    group: "policy",
    version: "v1",
    kinds: [
      { kind: "PodDisruptionBudget", plural: "poddisruptionbudgets", shortNames: ["pdb"], subresources: ["status"] },
    ],
  },
  {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kinds: [
      { kind: "ClusterRoleBinding", plural: "clusterrolebindings", clusterWide: true, strategy: rbac },
      { kind: "ClusterRole", plural: "clusterroles", clusterWide: true, strategy: rbac },
      { kind: "RoleBinding", plural: "rolebindings", strategy: rbac },
      { kind: "Role", plural: "roles", strategy: rbac },
    ],
  },
  {
    group: "apiextensions.k8s.io",
    version: "v1",
    kinds: [
      {
        kind: CRD_RESOURCE.kind,
        plural: CRD_RESOURCE.plural,
        clusterWide: true,
        shortNames: ["crd", "crds"],
        strategy: crdStrategy,
        subresources: ["status"],
      },
    ],
  },
  {
    group: "scheduling.k8s.io",
    version: "v1",
    kinds: [{ kind: "PriorityClass", plural: "priorityclasses", clusterWide: true, shortNames: ["pc"] }],
  },
  {
    group: "coordination.k8s.io",
    version: "v1",
    kinds: [{ kind: "Lease", plural: "leases", strategy: { ...plainStrategy, createOnUpdate: true } }],
  },
];

function builtIn(definition: BuiltIn, group: string, version: string): Kind {
  const { kind, plural, clusterWide, all, oneByOne, shortNames, subresources } = { ...DEFAULTS, ...definition };
  const { struct = kind, collection = group === "" ? plural : `${plural}.${group}`, strategy, conversion } = definition;
  const resource: Resource = { group, version, kind, plural, namespaced: !clusterWide };
  return {
    resource,
    singular: kind.toLowerCase(),
    shortNames,
    categories: all ? ["all"] : [],
    verbs: oneByOne ? ALL_VERBS.filter((verb) => verb !== "deletecollection") : ALL_VERBS,
    collection,
    shape: { from: "struct", type: struct },
    subresources: new Set(subresources),
    selectableFields: SELECTABLE_FIELDS[plural] ?? new Map(),
    columns: BUILT_IN_COLUMNS[plural] ?? PLAIN_COLUMNS,
    strategy: strategy ?? (subresources.includes("status") ? statusStrategy : plainStrategy),
    decode: (body) => decodeBuiltIn(body, resource, struct),
    conversion,
  };
}

export function builtInKinds(): Kind[] {
  return GROUPS.flatMap(({ group, version, kinds }) => kinds.map((definition) => builtIn(definition, group, version)));
}
