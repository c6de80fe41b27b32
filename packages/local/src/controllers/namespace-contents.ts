import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS, apiVersionOf } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { createObject } from "../objects/create-object.ts";
import { findObject } from "../objects/cluster-state.ts";
import type { ClusterState } from "../objects/cluster-state.ts";
import { isTerminating } from "../kinds/built-in/namespace.ts";
import type { Controller } from "./controller.ts";

const ROOT_CA = "kube-root-ca.crt";

/** Keeps what every namespace has: the service account `default` and the certificate that pods trust the API by. */
export function namespaceContents(state: ClusterState, caPem: string): Controller {
  const ensure = (namespace: string, resource: Resource, name: string, content: JsonObject = {}): void => {
    const kind = state.kinds.find(resource);
    if (kind === undefined || findObject(state, kind, { namespace, name }) !== undefined) return;
    const object = {
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: { name, namespace },
      ...content,
    };
    createObject(state, kind, object, { namespace });
  };
  const fill = (namespace: string): void => {
    ensure(namespace, SERVICE_ACCOUNTS, "default");
    ensure(namespace, CONFIG_MAPS, ROOT_CA, { data: { "ca.crt": caPem } });
  };
  const refill = (namespace: string): void => {
    const stored = state.store.collection(NAMESPACES.plural).get(namespace);
    if (stored !== undefined && !isTerminating(stored.object)) fill(namespace);
  };
  return ({ type, object }, collection) => {
    const { name = "", namespace = "" } = object.object.metadata;
    if (type === "ADDED" && collection === NAMESPACES.plural) fill(name);
    if (type === "DELETED" && CONTENTS.get(collection) === name) refill(namespace);
  };
}

/** By collection, the name of what every namespace has there. */
const CONTENTS: ReadonlyMap<string, string> = new Map([
  [SERVICE_ACCOUNTS.plural, "default"],
  [CONFIG_MAPS.plural, ROOT_CA],
]);
