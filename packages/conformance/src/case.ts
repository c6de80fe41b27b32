/** must: agents and plugins do not get along without it. should: it can be borne, and hurts. extension: optional, but right if it is there. */
export const GROUPS = ["must", "should", "extension"] as const;
export type Group = (typeof GROUPS)[number];

export type Verdict =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly reason: string }
  /** It does not apply here, or cannot be told. */
  | { readonly kind: "skipped"; readonly reason: string };

export interface CaseFacts {
  /** Stable: reports are compared by it. */
  readonly id: string;
  readonly group: Group;
  /** What is held, as a sentence about the plugin or the agent. */
  readonly title: string;
  /** The section that it stands on. */
  readonly rule: Rule;
}

/** Sections of docs/protocol.md. */
export type Rule =
  | "the-call"
  | "the-token"
  | "the-reply"
  | "requeue"
  | "other-statuses"
  | "what-an-agent-sends"
  | "whom-an-agent-asks"
  | "repeated-calls"
  | "who-asks"
  | "cancel"
  | "plugin-info"
  | "start-and-stop";

export interface ConformanceCase<Probe> extends CaseFacts {
  /** Says nothing of its own unless these have passed. */
  readonly after?: readonly string[];
  readonly run: (probe: Probe) => Verdict | Promise<Verdict>;
}

/** One request, as far as people want to see it. */
export interface Step {
  readonly sent: string;
  readonly came: string;
}

export interface CaseResult extends CaseFacts {
  readonly verdict: Verdict;
  readonly steps: readonly Step[];
  readonly durationMs: number;
}

export const PASSED: Verdict = { kind: "passed" };

export function failed(reason: string): Verdict {
  return { kind: "failed", reason };
}

export function skipped(reason: string): Verdict {
  return { kind: "skipped", reason };
}

/** Passed, or what is wrong. */
export function passedUnless(problem: string | undefined): Verdict {
  return problem === undefined ? PASSED : failed(problem);
}

/** The address of a rule. */
export function ruleLink(rule: Rule): string {
  return `docs/protocol.md#${rule}`;
}
