import type { RetryPolicy, RetryStrategy } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { Scope } from "../scope/scope.ts";
import { parseSpan } from "../templates/span.ts";

export interface BackoffPlan {
  readonly durationMs: number;
  readonly factor: number;
  readonly capMs: number | undefined;
  readonly maxDurationMs: number | undefined;
}

/** A retry strategy, complete: tags replaced, numbers read, defaults filled in. */
export interface RetryPlan {
  /** Attempts beside the first one. */
  readonly limit: number | undefined;
  readonly policy: RetryPolicy;
  readonly backoff: BackoffPlan | undefined;
  readonly expression: string | undefined;
}

export function planRetry(strategy: RetryStrategy, scope: Scope, place: string): Outcome<RetryPlan> {
  const reader = new FieldReader(scope, place);
  const { backoff, retryPolicy, expression } = strategy;
  const plan: RetryPlan = {
    limit: reader.count(strategy.limit, "limit"),
    policy: retryPolicy ?? (isGiven(expression) ? "Always" : "OnFailure"),
    backoff: backoff && {
      durationMs: reader.span(backoff.duration, "backoff.duration") ?? reader.needs("backoff.duration"),
      factor: Math.max(reader.count(backoff.factor, "backoff.factor") ?? 1, 1),
      capMs: reader.span(backoff.cap, "backoff.cap"),
      maxDurationMs: reader.span(backoff.maxDuration, "backoff.maxDuration"),
    },
    expression: isGiven(expression) ? reader.text(expression, "expression") : undefined,
  };
  return reader.problem === undefined ? succeeded(plan) : failed(reader.problem);
}

/** What can be said of a strategy before any of its tags has a value: each problem with the field it is about. */
export function retryProblems(
  strategy: RetryStrategy,
): readonly { readonly field: string; readonly problem: string }[] {
  const problems: { field: string; problem: string }[] = [];
  const { backoff } = strategy;
  const check = (
    field: string,
    value: string | undefined,
    problem: string,
    isSound: (text: string) => boolean,
  ): void => {
    if (isGiven(value) && !value.includes("{{") && !isSound(value))
      problems.push({ field, problem: `${problem}, not '${value}'` });
  };
  check("limit", strategy.limit, COUNT, (text) => /^\d+$/.test(text));
  if (backoff === undefined) return problems;
  if (!isGiven(backoff.duration)) problems.push({ field: "backoff.duration", problem: "is required" });
  check("backoff.factor", backoff.factor, COUNT, (text) => /^\d+$/.test(text));
  for (const field of ["duration", "cap", "maxDuration"] as const) {
    check(`backoff.${field}`, backoff[field], SPAN, (text) => (parseSpan(text) ?? -1) >= 0);
  }
  return problems;
}

const COUNT = "must be a whole number";
const SPAN = "must be seconds or a duration such as 2m";

/** Reads fields one by one; remembers the first problem. */
class FieldReader {
  readonly #scope: Scope;
  readonly #place: string;
  problem: string | undefined;

  constructor(scope: Scope, place: string) {
    this.#scope = scope;
    this.#place = place;
  }

  text(written: string, field: string): string {
    return new Substitution(this.#scope, "lenient").text(written, `${this.#place}.${field}`);
  }

  count(written: string | undefined, field: string): number | undefined {
    return this.#read(written, field, COUNT, (text) => (/^\d+$/.test(text) ? Number(text) : undefined));
  }

  span(written: string | undefined, field: string): number | undefined {
    return this.#read(written, field, SPAN, parseSpan);
  }

  needs(field: string): number {
    this.problem ??= `${this.#place}.${field} is required`;
    return 0;
  }

  #read(
    written: string | undefined,
    field: string,
    mustBe: string,
    parse: (text: string) => number | undefined,
  ): number | undefined {
    if (!isGiven(written)) return undefined;
    const text = this.text(written, field);
    const value = parse(text);
    if (value === undefined || value < 0) this.problem ??= `${this.#place}.${field} ${mustBe}, not '${text}'`;
    return value;
  }
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
