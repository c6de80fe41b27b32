import type { AgentRights } from "@outrigger/engine";
import { LOCAL_SUBJECT_ACCESS_REVIEWS, TASK_SET_PERMISSIONS } from "@outrigger/kube";
import type { Clock, KubeClient } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import type { Logger } from "@outrigger/telemetry";
import { boolean, object } from "@outrigger/types";
import type { Parser } from "@outrigger/types";

export interface AccessReviewsOptions {
  readonly client: Pick<KubeClient, "create">;
  readonly clock: Clock;
  readonly logger: Logger;
}

// Many Workflows of one account that wait at the same time ask once.
const ASKED_JUST_NOW_MS = 5_000;
const REMEMBERED_MS = 60_000;

const verdictParser: Parser<{ readonly allowed: boolean }> = object<{ readonly allowed: boolean }>(
  { allowed: boolean },
  { required: ["allowed"] },
);

const ASKED = TASK_SET_PERMISSIONS.flatMap(({ resource, subresource, verbs }) =>
  verbs.map((verb) => ({ verb, group: resource.group, resource: resource.plural, subresource })),
);

/**
 * What the service accounts of agents may not do, of what serving a task set takes. The API says it of an agent that says nothing: it
 * may be one that may do nothing.
 *
 * Owns: a short memory of what was asked. Does not own: when to ask.
 * 1. Nothing waits for an answer, and none is an error: where it cannot be had, nothing is known to be missing.
 */
export class AccessReviews {
  readonly #options: AccessReviewsOptions;
  readonly #known = new Map<string, AgentRights>();

  constructor(options: AccessReviewsOptions) {
    this.#options = options;
  }

  of(namespace: string, account: string): AgentRights | undefined {
    const known = this.#known.get(`${namespace}/${account}`);
    return known !== undefined && this.#ageOf(known) < REMEMBERED_MS ? known : undefined;
  }

  async review(namespace: string, account: string): Promise<void> {
    const known = this.of(namespace, account);
    if (known !== undefined && this.#ageOf(known) < ASKED_JUST_NOW_MS) return;
    for (const [key, old] of this.#known) if (this.#ageOf(old) >= REMEMBERED_MS) this.#known.delete(key);
    const missing = await this.#ask(namespace, account);
    this.#known.set(`${namespace}/${account}`, { missing, askedAtMs: this.#options.clock.now() });
  }

  async #ask(namespace: string, account: string): Promise<readonly string[]> {
    const { logger } = this.#options;
    try {
      const allowed = await Promise.all(ASKED.map((attributes) => this.#mayDo(namespace, account, attributes)));
      return ASKED.filter((_, index) => allowed[index] === false).map(nameOf);
    } catch (error) {
      logger.warn({ namespace, account, error: errorText(error) }, "It cannot be asked what agents may do"); // 1
      return [];
    }
  }

  async #mayDo(namespace: string, account: string, attributes: (typeof ASKED)[number]): Promise<boolean> {
    const answer = await this.#options.client.create(LOCAL_SUBJECT_ACCESS_REVIEWS, namespace, {
      apiVersion: "authorization.k8s.io/v1",
      kind: LOCAL_SUBJECT_ACCESS_REVIEWS.kind,
      metadata: { namespace },
      spec: {
        user: `system:serviceaccount:${namespace}:${account}`,
        groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
        resourceAttributes: { namespace, ...attributes },
      },
    });
    const status = verdictParser(answer["status"], "status");
    return !status.ok || status.value.allowed;
  }

  #ageOf({ askedAtMs }: AgentRights): number {
    return this.#options.clock.now() - askedAtMs;
  }
}

function nameOf({ verb, resource, subresource }: (typeof ASKED)[number]): string {
  return `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
}
