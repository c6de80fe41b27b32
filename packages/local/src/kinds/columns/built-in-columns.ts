import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { listAt, numberAt, objectAt, textAt } from "../../json/at.ts";
import type { Column } from "../kind.ts";
import { AGE, NAME, column, wideColumn } from "./column.ts";
import { ageOf } from "./human-duration.ts";
import { POD_COLUMNS } from "./pod-columns.ts";

function text(...path: readonly string[]): (object: KubeObject) => string {
  return (object) => textAt(object, ...path);
}

function count(...fields: readonly string[]): (object: KubeObject) => number {
  return (object) => fields.reduce((sum, field) => sum + Object.keys(objectAt(object, field)).length, 0);
}

function pairs(labels: JsonObject): string {
  const shown = Object.keys(labels).map((key) => `${key}=${textAt(labels, key)}`);
  return shown.length === 0 ? "<none>" : shown.sort().join(",");
}

/** A time that has a coarse and a fine field. */
function seen(event: KubeObject, coarse: string, nowMs: number): string {
  return ageOf(textAt(event, coarse) || textAt(event, "firstTimestamp") || textAt(event, "eventTime"), nowMs);
}

function lastSeen(event: KubeObject, nowMs: number): string {
  const series = textAt(event, "series", "lastObservedTime");
  return series === "" ? seen(event, "lastTimestamp", nowMs) : ageOf(series, nowMs);
}

function involved(event: KubeObject): string {
  const kind = textAt(event, "involvedObject", "kind").toLowerCase();
  const name = textAt(event, "involvedObject", "name");
  return name === "" ? kind : `${kind}/${name}`;
}

function source(event: KubeObject): string {
  const component = textAt(event, "source", "component") || textAt(event, "reportingComponent");
  const host = textAt(event, "source", "host") || textAt(event, "reportingInstance");
  return host === "" ? component : `${component}, ${host}`;
}

const EVENT_COLUMNS: readonly Column[] = [
  column("Last Seen", lastSeen),
  column("Type", text("type")),
  column("Reason", text("reason")),
  column("Object", involved),
  wideColumn("Subobject", text("involvedObject", "fieldPath")),
  wideColumn("Source", source),
  column("Message", (event) => textAt(event, "message").trim()),
  wideColumn("First Seen", (event, nowMs) => seen(event, "firstTimestamp", nowMs)),
  wideColumn("Count", (event) => numberAt(event, "series", "count") ?? numberAt(event, "count") ?? 1),
  column("Name", (event) => event.metadata.name ?? "", { format: "name", wide: true }),
];

function role(binding: KubeObject): string {
  return `${textAt(binding, "roleRef", "kind")}/${textAt(binding, "roleRef", "name")}`;
}

function subjects(kind: string): (binding: KubeObject) => string {
  return (binding) =>
    listAt(binding, "subjects")
      .filter((subject) => textAt(subject, "kind") === kind)
      .map((subject) => [textAt(subject, "namespace"), textAt(subject, "name")].filter((part) => part !== "").join("/"))
      .join(", ");
}

const BINDING_COLUMNS: readonly Column[] = [
  NAME,
  column("Role", role),
  AGE,
  wideColumn("Users", subjects("User")),
  wideColumn("Groups", subjects("Group")),
  wideColumn("ServiceAccounts", subjects("ServiceAccount")),
];

function port(value: JsonValue): string {
  const node = numberAt(value, "nodePort") ?? 0;
  return `${numberAt(value, "port") ?? 0}${node === 0 ? "" : `:${node}`}/${textAt(value, "protocol")}`;
}

function ports(service: KubeObject): string {
  return listAt(service, "spec", "ports").map(port).join(",") || "<none>";
}

function replicas(deployment: KubeObject): string {
  return `${numberAt(deployment, "status", "readyReplicas") ?? 0}/${numberAt(deployment, "spec", "replicas") ?? 0}`;
}

function replicaCount(field: string): Column["cell"] {
  return (deployment) => numberAt(deployment, "status", field) ?? 0;
}

function containers(field: "name" | "image"): Column["cell"] {
  return (object) =>
    listAt(object, "spec", "template", "spec", "containers")
      .map((container) => textAt(container, field))
      .join(",");
}

const DEPLOYMENT_COLUMNS: readonly Column[] = [
  NAME,
  column("Ready", replicas),
  column("Up-to-date", replicaCount("updatedReplicas"), { type: "integer" }),
  column("Available", replicaCount("availableReplicas"), { type: "integer" }),
  AGE,
  wideColumn("Containers", containers("name")),
  wideColumn("Images", containers("image")),
  wideColumn("Selector", (object) => pairs(objectAt(object, "spec", "selector", "matchLabels"))),
];

/** By plural; a kind that is not listed shows its name and when it was made. */
export const BUILT_IN_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  configmaps: [NAME, column("Data", count("data", "binaryData")), AGE],
  secrets: [NAME, column("Type", text("type")), column("Data", count("data")), AGE],
  serviceaccounts: [NAME, column("Secrets", (object) => listAt(object, "secrets").length), AGE],
  namespaces: [NAME, column("Status", text("status", "phase")), AGE],
  pods: POD_COLUMNS,
  events: EVENT_COLUMNS,
  leases: [NAME, column("Holder", text("spec", "holderIdentity")), AGE],
  services: [
    NAME,
    column("Type", text("spec", "type")),
    column("Cluster-IP", (object) => textAt(object, "spec", "clusterIP") || "<none>"),
    column("External-IP", () => "<none>"),
    column("Port(s)", ports),
    AGE,
    wideColumn("Selector", (object) => pairs(objectAt(object, "spec", "selector"))),
  ],
  deployments: DEPLOYMENT_COLUMNS,
  rolebindings: BINDING_COLUMNS,
  clusterrolebindings: BINDING_COLUMNS,
  networkpolicies: [
    NAME,
    column("Pod-Selector", (object) => pairs(objectAt(object, "spec", "podSelector", "matchLabels"))),
    AGE,
  ],
};
