import type { Memoize, NodeStatus, Outputs, Template } from "@outrigger/types";
import { asDeclared } from "../assess/result.ts";
import { succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { Run } from "../run.ts";
import type { Activation, TemplateRunner } from "../templates/invocation.ts";
import { failNode, startNode } from "../templates/nodes.ts";
import { nodeTypeOf } from "../templates/turn.ts";
import { parseTime } from "../time.ts";
import { newEntry } from "./cache-entry.ts";
import type { CacheEntry } from "./cache-entry.ts";
import type { MemoKey } from "./memo-cache.ts";
import { readMemo } from "./memo.ts";
import type { Memo } from "./memo.ts";

/** Runs a template, unless its answer is remembered; remembers the answer of one that has succeeded. */
export function memoized(template: Template, runner: TemplateRunner): TemplateRunner {
  const { memoize } = template;
  return memoize === undefined ? runner : (run, activation) => runMemoized(run, activation, { memoize, runner });
}

interface Memoized {
  readonly memoize: Memoize;
  readonly runner: TemplateRunner;
}

function runMemoized(run: Run, activation: Activation, { memoize, runner }: Memoized): NodeStatus {
  if (activation.node?.memoizationStatus !== undefined) return remember(run, runner(run, activation));
  const { invocation, scope, place } = activation;
  const memo = readMemo(memoize, scope(), place);
  if (!memo.ok) return failNode(run, invocation, memo.message);
  const found = answerOf(run, memo.value, activation);
  if (!found.ok) return failNode(run, invocation, found.message);
  const status = { key: memo.value.key, cacheName: memo.value.cacheName };
  if (found.value !== undefined) return hit(run, activation, { status, entry: found.value });
  const { id } = runner(run, activation);
  return remember(run, run.tree.change(id, { memoizationStatus: { hit: false, ...status } }));
}

// What this very node has put there in an earlier pass is not its answer: the checkpoint is just behind.
function answerOf(run: Run, memo: Memo, activation: Activation): Outcome<CacheEntry | undefined> {
  const id = activation.node?.id ?? run.tree.idFor(activation.invocation.nodeName);
  const hasBegun = run.announcedTask(id) !== undefined || run.resultOf(id) !== undefined;
  const found = run.memoCache.find(memo);
  if (!found.ok || found.value === undefined) return found;
  const tooOld = memo.maxAgeMs !== undefined && run.world.nowMs - found.value.createdMs > memo.maxAgeMs;
  return succeeded(hasBegun || tooOld || isOwn(run, found.value, id) ? undefined : found.value);
}

function isOwn(run: Run, entry: CacheEntry, id: string): boolean {
  const startedMs = parseTime(run.workflow.status?.startedAt);
  return entry.nodeId === id && startedMs !== undefined && entry.createdMs >= Math.floor(startedMs / 1_000) * 1_000;
}

interface Hit {
  readonly status: MemoKey;
  readonly entry: CacheEntry;
}

function hit(run: Run, activation: Activation, { status, entry }: Hit): NodeStatus {
  const { template, node } = activation;
  const { id } = node ?? startNode(run, activation, nodeTypeOf(template), "Succeeded");
  run.urgent = true; // the entry may be gone at the next look
  run.memoCache.remember(status, { ...entry, lastHitMs: run.world.nowMs });
  run.tree.change(id, { memoizationStatus: { hit: true, ...status } });
  run.putOut(id, asDeclared(withoutGlobalNames(entry.outputs), template));
  return run.mark(id, "Succeeded");
}

// These are of the template that put the entry there.
function withoutGlobalNames(outputs: Outputs | undefined): Outputs | undefined {
  if (outputs?.parameters === undefined) return outputs;
  return { ...outputs, parameters: outputs.parameters.map(({ globalName: _globalName, ...rest }) => rest) };
}

function remember(run: Run, node: NodeStatus): NodeStatus {
  const { id, phase, outputs, memoizationStatus: status } = node;
  if (phase !== "Succeeded" || status === undefined || status.hit) return node;
  const known = run.memoCache.find(status);
  const isThere = known.ok && known.value !== undefined && isOwn(run, known.value, id);
  if (known.ok && !isThere) run.memoCache.remember(status, newEntry(id, outputs, run.world.nowMs));
  return node;
}
