import { fnv1a32 } from "@outrigger/types";
import type { JsonObject, Workflow } from "@outrigger/types";
import type { TokenSource } from "../plugins/tokens.ts";
import type { Volume, VolumeMount } from "./pod-json.ts";

const TOKEN_MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
// What Kubernetes itself asks for: an hour, and a little more so that clocks may differ.
const TOKEN_SECONDS = 3_607;

export interface TokenVolume {
  readonly volume: Volume;
  readonly mount: VolumeMount;
}

/** A volume that looks to client libraries like a pod's own account: token, certificate of the API, namespace. */
export function tokenVolume(workflow: Workflow, container: string, source: TokenSource): TokenVolume {
  const name = `kube-api-access-${suffix(workflow, container)}`;
  return {
    volume: { name, projected: { sources: [tokenOf(source), ROOT_CERTIFICATE, NAMESPACE] } },
    mount: { name, mountPath: TOKEN_MOUNT_PATH, readOnly: true },
  };
}

function tokenOf(source: TokenSource): JsonObject {
  return source.kind === "podAccount"
    ? { serviceAccountToken: { path: "token", expirationSeconds: TOKEN_SECONDS } }
    : { secret: { name: source.secretName, items: [{ key: "token", path: "token" }] } };
}

const ROOT_CERTIFICATE: JsonObject = {
  configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] },
};

const NAMESPACE: JsonObject = {
  downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] },
};

// Looks random, as in any pod, and is the same for the same pod.
function suffix(workflow: Workflow, container: string): string {
  const hash = fnv1a32(`${workflow.metadata.uid ?? ""}/${container}`);
  return hash.toString(36).padStart(5, "0").slice(-5);
}
