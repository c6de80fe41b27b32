import type { KubeObject } from "@outrigger/types";
import { textAt } from "../../json/at.ts";
import type { Kind } from "../kind.ts";
import { EVENT_FIELDS } from "./event.ts";

function text(...path: readonly string[]): (object: KubeObject) => string {
  return (object) => textAt(object, ...path);
}

/** Field selectors of Kubernetes' own kinds, by plural. */
export const SELECTABLE_FIELDS: Readonly<Record<string, Kind["selectableFields"]>> = {
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
