import { SECRETS, SERVICE_ACCOUNTS, hasReason } from "@outrigger/kube";
import type { Clock, KubeClient } from "@outrigger/kube";
import type { IssueToken } from "@outrigger/engine";
import { isJsonObject, object, string } from "@outrigger/types";
import type { OwnerReference, Parser } from "@outrigger/types";
import { ANNOTATION_TOKEN_EXPIRES_AT, ANNOTATION_TOKEN_ISSUED_AT } from "./secret-facts.ts";
import type { SecretFacts } from "./secret-facts.ts";

export interface TokenOwner {
  readonly namespace: string;
  readonly reference: OwnerReference;
}

export interface TokenServices {
  readonly client: KubeClient;
  readonly secrets: SecretFacts;
  readonly clock: Clock;
}

interface IssuedStatus {
  readonly token: string;
  readonly expirationTimestamp: string;
}

const statusParser: Parser<IssuedStatus> = object<IssuedStatus>(
  { token: string, expirationTimestamp: string },
  { required: ["token", "expirationTimestamp"] },
);

/**
 * Has a token issued for a plugin's service account and keeps it in a Secret that the Workflow owns. The token is bound to that
 * Secret: deleting it revokes the token.
 */
export async function issueToken(
  change: IssueToken,
  owner: TokenOwner,
  { client, secrets, clock }: TokenServices,
): Promise<void> {
  const { secretName, serviceAccount, lifetimeMs } = change;
  const { namespace } = owner;
  const uid = await ensureSecret(client, secretName, owner);
  const answer = await client.createSubresource(SERVICE_ACCOUNTS, { namespace, name: serviceAccount }, "token", {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: {
      expirationSeconds: Math.ceil(lifetimeMs / 1_000),
      boundObjectRef: { apiVersion: "v1", kind: "Secret", name: secretName, uid },
    },
  });
  const status = statusParser(isJsonObject(answer) ? answer["status"] : undefined, "status");
  if (!status.ok)
    throw new TypeError(`the TokenRequest for service account ${serviceAccount} was answered without a token`);
  const { token, expirationTimestamp } = status.value;
  const issuedAtMs = clock.now();
  const times = {
    [ANNOTATION_TOKEN_ISSUED_AT]: new Date(issuedAtMs).toISOString(),
    [ANNOTATION_TOKEN_EXPIRES_AT]: expirationTimestamp,
  };
  const body = {
    metadata: { annotations: times },
    data: { token: Buffer.from(token).toString("base64") },
  };
  await client.patch(SECRETS, { namespace, name: secretName }, { type: "merge", body });
  secrets.note(namespace, secretName, { issuedAtMs, expiresAtMs: Date.parse(expirationTimestamp) });
}

async function ensureSecret(
  client: KubeClient,
  name: string,
  { namespace, reference }: TokenOwner,
): Promise<string | undefined> {
  try {
    const metadata = { name, namespace, ownerReferences: [reference] };
    const body = { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata };
    return (await client.create(SECRETS, namespace, body)).metadata.uid;
  } catch (error) {
    if (!hasReason(error, "AlreadyExists")) throw error;
    return (await client.get(SECRETS, { namespace, name })).metadata.uid;
  }
}
