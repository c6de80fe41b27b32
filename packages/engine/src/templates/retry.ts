import { isFulfilled } from "@outrigger/types";
import type { NodeStatus, RetryStrategy } from "@outrigger/types";
import { evaluateCondition } from "../expressions/evaluate.ts";
import { surroundingsIn } from "../expressions/expression-tag.ts";
import { succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { attemptScope, attemptsOf, nameOfAttempt } from "../retry/attempts.ts";
import { decideRetry, lastStartMs } from "../retry/decide.ts";
import { planRetry } from "../retry/plan.ts";
import type { RetryPlan } from "../retry/plan.ts";
import type { Run } from "../run.ts";
import { layered } from "../scope/scope.ts";
import { isoTime } from "../time.ts";
import { runBody } from "./body.ts";
import { cutOff } from "./cut-off.ts";
import { earlier } from "./deadline.ts";
import type { Activation } from "./invocation.ts";
import { failNode, isSettled, startNode } from "./nodes.ts";
import { callObstacle, isUnderWay } from "./turn.ts";

/** Runs a template until it succeeds or its strategy gives up: each attempt is a child of the Retry node. */
export function runRetry(run: Run, activation: Activation, strategy: RetryStrategy): NodeStatus {
  const plan = planRetry(strategy, activation.scope(), `${activation.place}.retryStrategy`);
  if (!plan.ok) return failNode(run, activation.invocation, plan.message);
  const node = activation.node ?? startNode(run, activation, "Retry", "Running");
  return new RetryRun(run, { activation, node, plan: plan.value }).advance();
}

interface Retrying {
  readonly activation: Activation;
  /** The Retry node. */
  readonly node: NodeStatus;
  readonly plan: RetryPlan;
}

type Attempts = readonly [NodeStatus, ...NodeStatus[]];

/** A Retry node that is not through, in one pass. */
class RetryRun {
  readonly #run: Run;
  readonly #retrying: Retrying;

  constructor(run: Run, retrying: Retrying) {
    this.#run = run;
    this.#retrying = retrying;
  }

  advance(): NodeStatus {
    const attempts = attemptsOf(this.#run.tree, this.#retrying.node);
    const last = attempts.at(-1);
    if (last !== undefined && isSettled(last)) return this.#decide();
    const attempt = this.#attempt(attempts.slice(0, last === undefined ? undefined : -1), last);
    return isFulfilled(attempt.phase) ? this.#decide() : this.#retrying.node;
  }

  // The last attempt is at its end.
  #decide(): NodeStatus {
    const { activation, node, plan } = this.#retrying;
    const [first, ...more] = attemptsOf(this.#run.tree, node);
    if (first === undefined) return node;
    if (isUnderWay(this.#run, nameOfAttempt(node.name, more.length + 1))) return this.#next([first, ...more]); // Decided once, for good.
    const last = more.at(-1) ?? first;
    const isWanted = this.#isWanted(last, more.length);
    if (!isWanted.ok) return this.#end("Error", isWanted.message, last);
    const decision = decideRetry(plan, {
      attempts: [first, ...more],
      nowMs: this.#run.world.nowMs,
      cutOff: cutOff(this.#run, activation.invocation.surroundings),
      isWanted: isWanted.value,
    });
    if (decision.kind === "end") return this.#end(decision.phase, decision.message, last);
    if (decision.kind === "again") return this.#again([first, ...more]);
    this.#run.wakeAt(decision.untilMs);
    return this.#say(`${decision.message}, until ${isoTime(decision.untilMs)}: attempt ${more.length} failed`);
  }

  #again(before: Attempts): NodeStatus {
    const obstacle = callObstacle(this.#run, this.#retrying.activation.template);
    if (obstacle === undefined) return this.#next(before);
    this.#run.turnAway();
    return this.#run.mustLookAgain ? this.#retrying.node : this.#say(obstacle);
  }

  #next(before: Attempts): NodeStatus {
    const attempt = this.#attempt(before, undefined);
    const node = this.#say(undefined);
    // The log may know its end already. That this goes on for ever is prevented by the pause after an attempt that took no time.
    return isFulfilled(attempt.phase) ? this.#decide() : node;
  }

  #attempt(before: readonly NodeStatus[], started: NodeStatus | undefined): NodeStatus {
    const { activation, node, plan } = this.#retrying;
    const { invocation } = activation;
    const { surroundings, flag } = invocation;
    const [first] = before;
    const endMs = first === undefined ? Infinity : lastStartMs(plan.backoff, first);
    const limit = endMs === Infinity ? undefined : { atMs: endMs, message: "Max duration limit exceeded" };
    const known = attemptScope(before.length, before.at(-1), "0");
    const attempt = runBody(this.#run, {
      ...activation,
      invocation: {
        ...invocation,
        nodeName: nameOfAttempt(node.name, before.length),
        flag: { ...flag, retried: true },
        surroundings: { ...surroundings, deadline: earlier(surroundings.deadline, limit) },
      },
      node: started,
      attempt: before.length,
      scope: () => layered(known, activation.scope()),
    });
    this.#run.tree.addChild(node.id, attempt.id);
    return attempt;
  }

  #isWanted(last: NodeStatus, retries: number): Outcome<boolean> {
    const { plan, activation } = this.#retrying;
    if (plan.expression === undefined) return succeeded(true);
    const place = `${activation.place}.retryStrategy.expression`;
    const scope = layered(attemptScope(retries, last, "-1"), activation.scope());
    return evaluateCondition(plan.expression, surroundingsIn(scope, place), place);
  }

  #end(phase: NodeStatus["phase"], message: string | undefined, last: NodeStatus): NodeStatus {
    const { node } = this.#retrying;
    this.#run.tree.change(node.id, { outputs: last.outputs });
    return this.#run.mark(node.id, phase, message);
  }

  // Only the Workflow knows what it waits for.
  #say(message: string | undefined): NodeStatus {
    const { node } = this.#retrying;
    this.#run.urgent ||= message !== undefined && node.message !== message;
    return this.#run.tree.change(node.id, { message });
  }
}
