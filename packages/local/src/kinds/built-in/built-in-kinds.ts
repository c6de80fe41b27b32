import type { KubeObject } from "@outrigger/types";
import type { Resource } from "@outrigger/kube";
import { textAt } from "../../json/at.ts";
import { BUILT_IN_COLUMNS } from "../columns/built-in-columns.ts";
import { PLAIN_COLUMNS } from "../columns/column.ts";
import { decodeBuiltIn } from "../decode-built-in.ts";
import { ALL_VERBS } from "../kind.ts";
import type { Kind, Strategy } from "../kind.ts";
import { label1035Name, pathSegmentName } from "../name-rules.ts";
import { ownStatusStrategy, plainStrategy, statusStrategy } from "../strategies.ts";
import { configMapStrategy, secretStrategy } from "./config-data.ts";
import { CRD_RESOURCE, crdStrategy } from "./custom-resource-definition.ts";
import { EVENT_FIELDS, eventStrategy, fromCoreEvent, toCoreEvent } from "./event.ts";
import { namespaceStrategy } from "./namespace.ts";
import { podStrategy } from "./pod.ts";

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
}

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
    kinds: [{ kind: "Event", plural: "events", shortNames: ["ev"], strategy: eventStrategy }],
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

const EVENTS_GROUP = "events.k8s.io";

function text(...path: readonly string[]): (object: KubeObject) => string {
  return (object) => textAt(object, ...path);
}

const SELECTABLE: Readonly<Record<string, ReadonlyMap<string, (object: KubeObject) => string>>> = {
  events: EVENT_FIELDS,
  namespaces: new Map([["status.phase", text("status", "phase")]]),
  secrets: new Map([["type", text("type")]]),
  services: new Map([
    ["spec.clusterIP", text("spec", "clusterIP")],
    ["spec.type", text("spec", "type")],
  ]),
  pods: new Map([
    ["spec.nodeName", text("spec", "nodeName")],
    ["spec.restartPolicy", text("spec", "restartPolicy")],
    ["spec.schedulerName", text("spec", "schedulerName")],
    ["spec.serviceAccountName", text("spec", "serviceAccountName")],
    ["spec.hostNetwork", (pod) => String(textAt(pod, "spec", "hostNetwork") || false)],
    ["status.phase", text("status", "phase")],
    ["status.podIP", text("status", "podIP")],
    ["status.nominatedNodeName", text("status", "nominatedNodeName")],
  ]),
};

function builtIn(definition: BuiltIn, group: string, version: string): Kind {
  const { kind, plural, clusterWide = false, subresources = [] } = definition;
  const resource: Resource = { group, version, kind, plural, namespaced: !clusterWide };
  const renamed = group === EVENTS_GROUP;
  const struct = renamed ? `Events${kind}` : kind;
  return {
    resource,
    singular: kind.toLowerCase(),
    shortNames: definition.shortNames ?? [],
    categories: definition.all === true ? ["all"] : [],
    verbs: definition.oneByOne === true ? ALL_VERBS.filter((verb) => verb !== "deletecollection") : ALL_VERBS,
    collection: group === "" || renamed ? plural : `${plural}.${group}`,
    shape: { from: "struct", type: struct },
    subresources: new Set(subresources),
    selectableFields: SELECTABLE[plural] ?? new Map(),
    columns: BUILT_IN_COLUMNS[plural] ?? PLAIN_COLUMNS,
    strategy: definition.strategy ?? (subresources.includes("status") ? statusStrategy : plainStrategy),
    decode: (body) => decodeBuiltIn(body, resource, struct),
    conversion: renamed ? { toStored: toCoreEvent, fromStored: fromCoreEvent } : undefined,
  };
}

export function builtInKinds(): Kind[] {
  return GROUPS.flatMap(({ group, version, kinds }) => kinds.map((definition) => builtIn(definition, group, version)));
}
