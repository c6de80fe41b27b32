import { SECRETS, SERVICE_ACCOUNTS, hasReason } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import type { IssueToken, IssuedToken } from "@outrigger/engine";
import { isJsonObject } from "@outrigger/types";
import type { OwnerReference } from "@outrigger/types";

const ANNOTATION_EXPIRES_AT = "outrigger.dev/token-expires-at";

export interface TokenOwner {
  readonly namespace: string;
  readonly reference: OwnerReference;
}

/**
 * Tokens for the service accounts of plugins, each in a Secret that the Workflow owns.
 *
 * Owns: the Secrets' content and the memory of when each token ends. Does not own: deciding when to renew (the engine does).
 * 1. A token is bound to its Secret: deleting the Secret revokes it.
 * 2. What a restart forgets is read back from the Secret's annotation.
 */
export class PluginTokens {
  readonly #client: KubeClient;
  readonly #issued = new Map<string, IssuedToken>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** The tokens of a Workflow, by the names of the Secrets that may hold them. */
  async known(namespace: string, secretNames: readonly string[]): Promise<readonly IssuedToken[]> {
    const found = await Promise.all(secretNames.map((secretName) => this.#recall(namespace, secretName)));
    return found.filter((token) => token !== undefined);
  }

  async issue(change: IssueToken, owner: TokenOwner): Promise<void> {
    const { secretName, serviceAccount, lifetimeMs } = change;
    const { namespace } = owner;
    const uid = await this.#ensureSecret(secretName, owner);
    const answer = await this.#client.createSubresource(
      SERVICE_ACCOUNTS,
      { namespace, name: serviceAccount },
      "token",
      {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          expirationSeconds: Math.ceil(lifetimeMs / 1_000),
          boundObjectRef: { apiVersion: "v1", kind: "Secret", name: secretName, uid },
        },
      },
    );
    const { token, expiresAt } = readTokenRequest(answer);
    await this.#client.patch(
      SECRETS,
      { namespace, name: secretName },
      {
        type: "merge",
        body: {
          metadata: { annotations: { [ANNOTATION_EXPIRES_AT]: expiresAt } },
          data: { token: Buffer.from(token).toString("base64") },
        },
      },
    );
    this.#issued.set(`${namespace}/${secretName}`, { secretName, expiresAtMs: Date.parse(expiresAt) });
  }

  forget(namespace: string, secretNames: readonly string[]): void {
    for (const secretName of secretNames) this.#issued.delete(`${namespace}/${secretName}`);
  }

  async #recall(namespace: string, secretName: string): Promise<IssuedToken | undefined> {
    const key = `${namespace}/${secretName}`;
    const remembered = this.#issued.get(key);
    if (remembered !== undefined) return remembered;
    try {
      const secret = await this.#client.get(SECRETS, { namespace, name: secretName });
      const expiresAtMs = Date.parse(secret.metadata.annotations?.[ANNOTATION_EXPIRES_AT] ?? "");
      if (Number.isNaN(expiresAtMs)) return undefined;
      const token = { secretName, expiresAtMs };
      this.#issued.set(key, token);
      return token;
    } catch (error) {
      if (hasReason(error, "NotFound")) return undefined;
      throw error;
    }
  }

  async #ensureSecret(name: string, { namespace, reference }: TokenOwner): Promise<string | undefined> {
    try {
      const created = await this.#client.create(SECRETS, namespace, {
        apiVersion: "v1",
        kind: "Secret",
        type: "Opaque",
        metadata: { name, namespace, ownerReferences: [reference] },
      });
      return created.metadata.uid;
    } catch (error) {
      if (!hasReason(error, "AlreadyExists")) throw error;
      return (await this.#client.get(SECRETS, { namespace, name })).metadata.uid;
    }
  }
}

function readTokenRequest(answer: unknown): { token: string; expiresAt: string } {
  const status = isJsonObject(answer) ? answer["status"] : undefined;
  const token = isJsonObject(status) ? status["token"] : undefined;
  const expiresAt = isJsonObject(status) ? status["expirationTimestamp"] : undefined;
  if (typeof token !== "string" || typeof expiresAt !== "string") {
    throw new TypeError("TokenRequest was answered without a token or its expiry");
  }
  return { token, expiresAt };
}
