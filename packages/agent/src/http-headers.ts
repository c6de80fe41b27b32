import { DEFAULT_RETRY_POLICY, SECRETS, hasReason, retryTransient } from "@outrigger/kube";
import type { Clock, KubeClient } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import { isJsonObject } from "@outrigger/types";
import type { HttpHeader, KubeObject, SecretKeyRef } from "@outrigger/types";
import type { OutgoingHeader } from "./http-request.ts";

export interface SecretSource {
  readonly client: Pick<KubeClient, "get">;
  readonly namespace: string;
  readonly clock: Clock;
}

/** The headers of a request, with what their Secrets hold. Rejects with an error that says which one is missing. */
export function outgoingHeaders(
  headers: readonly HttpHeader[],
  source: SecretSource,
  signal: AbortSignal,
): Promise<readonly OutgoingHeader[]> {
  return Promise.all(
    headers.map(async ({ name, value = "", valueFrom }) => {
      const ref = valueFrom?.secretKeyRef;
      if (ref === undefined) return { name, value, isSecret: false };
      return { name, value: await secretValue(name, ref, source, signal), isSecret: true };
    }),
  );
}

async function secretValue(
  header: string,
  { name, key }: SecretKeyRef,
  { client, namespace, clock }: SecretSource,
  signal: AbortSignal,
): Promise<string> {
  const ref = { namespace, name };
  const read = (): Promise<KubeObject> => client.get(SECRETS, ref);
  const secret = await retryTransient(clock, DEFAULT_RETRY_POLICY, read, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Error(`header ${header}: ${unreadable(error, name, namespace)}`);
  });
  const data = secret["data"];
  const value = isJsonObject(data) ? data[key] : undefined;
  if (typeof value === "string") return Buffer.from(value, "base64").toString("utf8");
  throw new Error(`header ${header}: Secret ${name} has no key ${key}`);
}

function unreadable(error: unknown, name: string, namespace: string): string {
  if (hasReason(error, "NotFound")) return `there is no Secret ${name} in namespace ${namespace}`;
  if (!hasReason(error, "Forbidden")) return `Secret ${name} cannot be read: ${errorText(error)}`;
  return `the agent may not read Secret ${name}: its service account needs a Role in namespace ${namespace} with verb get for this Secret (docs/http.md): ${error.message}`;
}
