import { NAMESPACES, SERVICE_ACCOUNTS } from "@outrigger/kube";
import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { forbidden, notFound } from "../errors/refusals.ts";
import { isTerminating } from "../kinds/built-in/namespace.ts";
import { resourceName } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import { at, listAt, objectAt, textAt } from "../json/at.ts";
import { findObject } from "./cluster-state.ts";
import type { ClusterState } from "./cluster-state.ts";
import { generatedName } from "./generated-name.ts";

/** What a new object needs beside it, and what is added to it for where it runs. */
export function admit(state: ClusterState, kind: Kind, object: KubeObject): KubeObject {
  if (kind.resource.namespaced) requireNamespace(state, kind, object);
  return kind.collection === "pods" ? admitPod(state, kind, object) : object;
}

function requireNamespace(state: ClusterState, kind: Kind, object: KubeObject): void {
  const name = object.metadata.namespace ?? "";
  const namespace = lookUp(state, { group: "", version: "v1", plural: NAMESPACES.plural }, undefined, name);
  if (namespace === undefined) throw notFound({ group: "", name: NAMESPACES.plural }, name);
  if (!isTerminating(namespace)) return;
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${name} is being terminated`,
    field: "metadata.namespace",
  };
  throw forbidden(resourceName(kind), object.metadata.name ?? "", why, [cause]);
}

interface KindPath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

function lookUp(
  state: ClusterState,
  path: KindPath,
  namespace: string | undefined,
  name: string,
): KubeObject | undefined {
  const kind = state.kinds.find(path);
  return kind === undefined ? undefined : findObject(state, kind, { namespace, name })?.object;
}

const TOKEN_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const TOKEN_SECONDS = 3607;
const NOT_READY_SECONDS = 300;

function admitPod(state: ClusterState, kind: Kind, pod: KubeObject): KubeObject {
  const spec = objectAt(pod, "spec");
  const accountName = textAt(spec, "serviceAccountName") || "default";
  const namespace = pod.metadata.namespace ?? "";
  const account = lookUp(state, SERVICE_ACCOUNTS, namespace, accountName);
  if (account === undefined) {
    const why = `error looking up service account ${namespace}/${accountName}: serviceaccount ${JSON.stringify(accountName)} not found`;
    throw forbidden(resourceName(kind), pod.metadata.name ?? "", why);
  }
  const automount = at(spec, "automountServiceAccountToken") ?? at(account, "automountServiceAccountToken") ?? true;
  const withAccount: JsonObject = {
    priority: 0,
    preemptionPolicy: "PreemptLowerPriority",
    ...imagePullSecrets(account),
    ...spec,
    serviceAccountName: accountName,
    serviceAccount: accountName,
    tolerations: tolerations(listAt(spec, "tolerations")),
  };
  return { ...pod, spec: automount === true ? mountToken(withAccount) : withAccount };
}

function imagePullSecrets(account: KubeObject): JsonObject {
  const secrets = listAt(account, "imagePullSecrets");
  return secrets.length === 0 ? {} : { imagePullSecrets: secrets };
}

function tolerations(given: readonly JsonValue[]): JsonValue[] {
  const keys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
  const tolerated = (key: string): boolean =>
    given.some((each) => ["", key].includes(textAt(each, "key")) && textAt(each, "effect") !== "NoSchedule");
  const added = keys.filter((key) => !tolerated(key));
  return [
    ...given,
    ...added.map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: NOT_READY_SECONDS })),
  ];
}

function mountToken(spec: JsonObject): JsonObject {
  const name = generatedName("kube-api-access-");
  const volume = { name, projected: { sources: TOKEN_SOURCES, defaultMode: 0o644 } };
  const isMounted = (container: JsonValue): boolean =>
    listAt(container, "volumeMounts").some((mount) => textAt(mount, "mountPath") === TOKEN_MOUNT);
  const mount = (container: JsonValue): JsonValue => {
    if (isMounted(container)) return container;
    const added = { name, readOnly: true, mountPath: TOKEN_MOUNT };
    return { ...objectAt(container), volumeMounts: [...listAt(container, "volumeMounts"), added] };
  };
  const containers = listAt(spec, "containers");
  const initContainers = listAt(spec, "initContainers");
  if ([...containers, ...initContainers].every(isMounted)) return spec;
  return {
    ...spec,
    volumes: [...listAt(spec, "volumes"), volume],
    containers: containers.map(mount),
    ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(mount) }),
  };
}

const TOKEN_SOURCES: readonly JsonValue[] = [
  { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: "token" } },
  { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
  { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
];
