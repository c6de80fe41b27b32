import { agentPodName, pluginConfigMapName } from "@outrigger/types";
import type { Workflow } from "@outrigger/types";
import type { IssueToken } from "../changes.ts";
import type { EngineConfig, InstalledPlugin, IssuedToken, World } from "../world.ts";
import { selectPlugins } from "./choice.ts";

/** If a Secret of this name exists, the agent trusts the certificates in it. */
export const CA_CERTIFICATES_SECRET = "argo-workflows-agent-ca-certificates";

const TOKEN_LIFETIME_MS = 3_600_000;

/** Where the token of a plugin's service account comes from. */
export type TokenSource =
  /** The pod's own account: the kubelet issues and renews the token. */
  | { readonly kind: "podAccount" }
  /** `made`: by hand, as Argo needs it. Otherwise we have one issued. */
  | { readonly kind: "secret"; readonly secretName: string; readonly made: "byHand" | "byUs" };

/**
 * The Secrets whose existence matters to a Workflow, all in its namespace: certificates for the agent, and tokens of the service
 * accounts of its plugins, made by hand or issued for us.
 */
export function secretsOfInterest(
  workflow: Workflow,
  plugins: readonly InstalledPlugin[],
  config: EngineConfig,
): readonly string[] {
  if (config.agentPods === "none") return [];
  const mounting = selectPlugins(workflow, plugins, config).filter(
    ({ sidecar }) => sidecar.automountServiceAccountToken === true,
  );
  return [
    CA_CERTIFICATES_SECRET,
    ...mounting.flatMap((plugin) => [handMadeSecret(plugin), issuedSecret(workflow, plugin)]),
  ];
}

/** Undefined for a plugin that takes no token. */
export function tokenSource(workflow: Workflow, plugin: InstalledPlugin, world: World): TokenSource | undefined {
  if (plugin.sidecar.automountServiceAccountToken !== true) return undefined;
  if (serviceAccountOf(plugin) === workflow.spec.serviceAccountName) return { kind: "podAccount" };
  const byHand = handMadeSecret(plugin);
  return world.secrets.has(byHand)
    ? { kind: "secret", secretName: byHand, made: "byHand" }
    : { kind: "secret", secretName: issuedSecret(workflow, plugin), made: "byUs" };
}

/** The tokens to be issued now, and when to look at the others again. */
export interface TokenPlan {
  readonly issue: readonly IssueToken[];
  readonly lookAgainMs: number | undefined;
}

export function planTokens(workflow: Workflow, plugins: readonly InstalledPlugin[], world: World): TokenPlan {
  const issue: IssueToken[] = [];
  const dueTimes: number[] = [];
  for (const plugin of plugins) {
    const source = tokenSource(workflow, plugin, world);
    if (source?.kind !== "secret" || source.made === "byHand") continue;
    const { secretName } = source;
    const dueMs = renewalTime(world.issuedTokens.find((token) => token.secretName === secretName));
    if (dueMs > world.nowMs) dueTimes.push(dueMs);
    else {
      const serviceAccount = serviceAccountOf(plugin);
      issue.push({ kind: "issueToken", order: "before", serviceAccount, secretName, lifetimeMs: TOKEN_LIFETIME_MS });
    }
  }
  return { issue, lookAgainMs: dueTimes.length === 0 ? undefined : Math.min(...dueTimes) };
}

// After two thirds of its life. A token whose beginning is unknown is taken for a short one, so that it is not renewed for ever.
function renewalTime(token: IssuedToken | undefined): number {
  if (token === undefined) return -Infinity;
  const lifetimeMs = token.issuedAtMs === undefined ? SHORTEST_LIFETIME_MS : token.expiresAtMs - token.issuedAtMs;
  return token.expiresAtMs - lifetimeMs / 3;
}

// The API refuses to issue a token for less.
const SHORTEST_LIFETIME_MS = 600_000;

function serviceAccountOf(plugin: InstalledPlugin): string {
  return pluginConfigMapName(plugin.name);
}

function handMadeSecret(plugin: InstalledPlugin): string {
  return `${serviceAccountOf(plugin)}.service-account-token`;
}

function issuedSecret(workflow: Workflow, plugin: InstalledPlugin): string {
  return `${agentPodName(workflow.metadata.name ?? "")}-${plugin.name}-token`;
}
