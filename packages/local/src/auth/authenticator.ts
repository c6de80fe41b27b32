import { PODS, SECRETS, SERVICE_ACCOUNTS } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import type { ClusterState } from "../objects/cluster-state.ts";
import { findObject } from "../objects/cluster-state.ts";
import { ISSUER, sameSecret } from "./token-issuer.ts";
import type { TokenClaims, TokenIssuer } from "./token-issuer.ts";

export interface User {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface AuthenticatedAccount {
  readonly user: User;
  readonly audiences: readonly string[];
}

const ADMIN: User = {
  username: "outrigger-admin",
  uid: "",
  groups: ["system:masters", "system:authenticated"],
  extra: {},
};

const BOUND_RESOURCES: Readonly<Record<string, Resource>> = { pod: PODS, secret: SECRETS };

/** Tells who asks. There is no authorization: who is known may do everything (LIMITS.md). */
export class Authenticator {
  readonly #state: ClusterState;
  readonly #issuer: TokenIssuer;
  readonly #adminToken: string;

  constructor(state: ClusterState, issuer: TokenIssuer, adminToken: string) {
    this.#state = state;
    this.#issuer = issuer;
    this.#adminToken = adminToken;
  }

  /** Who sends this Authorization header; undefined for nobody that we know. */
  authenticate(authorization: string | undefined): User | undefined {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return undefined;
    return sameSecret(token, this.#adminToken) ? ADMIN : this.authenticateAccount(token, [ISSUER])?.user;
  }

  /** The service account of a token that is meant for some of the audiences, and for which. */
  authenticateAccount(token: string, asked: readonly string[]): AuthenticatedAccount | undefined {
    const claims = this.#issuer.read(token);
    const audiences = claims?.audiences.filter((audience) => asked.includes(audience)) ?? [];
    if (claims === undefined || audiences.length === 0) return undefined;
    if (!this.#exists(SERVICE_ACCOUNTS, claims.namespace, { name: claims.serviceAccount, uid: claims.uid }))
      return undefined;
    const { boundTo } = claims;
    const resource = boundTo === undefined ? undefined : BOUND_RESOURCES[boundTo.kind];
    if (boundTo !== undefined && resource !== undefined && !this.#exists(resource, claims.namespace, boundTo))
      return undefined;
    return { user: accountUser(claims), audiences };
  }

  #exists(resource: Resource, namespace: string, object: { readonly name: string; readonly uid: string }): boolean {
    const kind = this.#state.kinds.find(resource);
    const found = kind === undefined ? undefined : findObject(this.#state, kind, { namespace, name: object.name });
    return found?.object.metadata.uid === object.uid;
  }
}

function accountUser(claims: TokenClaims): User {
  const { namespace, serviceAccount, boundTo } = claims;
  const prefix = "authentication.kubernetes.io";
  const bound =
    boundTo?.kind === "pod" ? { [`${prefix}/pod-name`]: [boundTo.name], [`${prefix}/pod-uid`]: [boundTo.uid] } : {};
  return {
    username: `system:serviceaccount:${namespace}:${serviceAccount}`,
    uid: claims.uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    extra: { [`${prefix}/credential-id`]: [`JTI=${claims.id}`], ...bound },
  };
}
