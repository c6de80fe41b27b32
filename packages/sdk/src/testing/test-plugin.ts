import { DEFAULT_TRIES } from "@outrigger/types";
import type { NodeResult } from "@outrigger/types";
import { createHandler, pluginsByKey } from "../handler.ts";
import { createLogger } from "../logger.ts";
import type { Environment } from "../options.ts";
import { jsonOf } from "../outputs.ts";
import type { Plugin } from "../plugin.ts";
import type { TestCall, TestRun, TestStep } from "./step.ts";
import { StepWalk } from "./step-walk.ts";
import type { WalkedStep } from "./step-request.ts";
import { WatchedPlugins } from "./watched-plugins.ts";

/** What `testPlugin` takes beside the plugin. */
export interface TestOptions {
  /** The environment of the plugin's container, for `secret`. Default: empty. */
  readonly env?: Environment;
  /** Argo's agent does not say who it asks for, hands no state back and does not cancel. Default: outrigger. */
  readonly agent?: "outrigger" | "argo";
  /** Whether plugin.yaml has the annotation `outrigger.dev/at-most-once: "true"`. Default: false. */
  readonly atMostOnce?: boolean;
  /** What `timeout` waits for, in milliseconds; plugin.yaml may have another in `outrigger.dev/call-timeout`. Default: 30 s. */
  readonly callTimeoutMs?: number;
  /** How long a plugin may take to end once its signal is aborted, by the real clock, in milliseconds. Default: 4 s. */
  readonly patienceMs?: number;
  /** More calls than this for one step fail the test. Default: 1000. */
  readonly maxCalls?: number;
}

/** A plugin under test. */
export interface PluginTest {
  /** Runs a step to its end. Rejects where that does not come, and where a plugin does not heed its signal. */
  run(step?: TestStep): Promise<TestRun>;
  /** All calls of all steps, in order. */
  readonly calls: readonly TestCall[];
  /** What the plugin has logged, in order. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Tests a plugin, or several, in this process: without a port, and without waiting. Steps run as under an agent, which polls, tries
 * again and cancels by the rules of the contract, on a clock that does not tick: a `requeueAfter` of two minutes takes no time. The
 * plugin's own timers, and what it calls, are real.
 */
export function testPlugin(plugins: Plugin | readonly Plugin[], options: TestOptions = {}): PluginTest {
  const { env = {}, agent = "outrigger", atMostOnce = false, maxCalls = 1_000, patienceMs = 4_000 } = options;
  const calls: TestCall[] = [];
  const log: Readonly<Record<string, unknown>>[] = [];
  const served = [...pluginsByKey(plugins).values()];
  const watched = new WatchedPlugins(served);
  const handle = createHandler(watched.plugins, {
    token: false,
    env,
    log: createLogger({ level: "debug", write: (line) => void log.push(JSON.parse(line)) }),
  });
  const rules = { ...DEFAULT_TRIES, callTimeoutMs: options.callTimeoutMs ?? DEFAULT_TRIES.callTimeoutMs };
  let steps = 0;
  return {
    calls,
    log,
    run: async (step = {}) => {
      steps += 1;
      const walk = new StepWalk(walkedStep(step, served, steps), {
        handle,
        watched,
        rules: { ...rules, agent, atMostOnce, maxCalls, patienceMs },
        startMs: Date.now(),
        record: (call) => void calls.push(call),
      });
      return runOf(await walk.run(), walk);
    },
  };
}

const DEFAULT_STEP = { input: {}, parameters: {}, attempt: 0, deadlineMs: undefined, faults: [] };
const DEFAULT_WORKFLOW = { name: "test-workflow", namespace: "default", uid: "test-uid" };

function walkedStep(step: TestStep, plugins: readonly Plugin[], number: number): WalkedStep {
  const [only, ...others] = plugins;
  const key = step.key ?? (others.length === 0 ? only?.key : undefined);
  if (key === undefined) throw new TypeError("there are several plugins: say by key which one the step is for");
  const whole = { ...DEFAULT_STEP, nodeId: `step-${number}`, ...step };
  return {
    ...whole,
    key,
    input: JSON.parse(jsonOf(whole.input, "input")),
    workflow: { ...DEFAULT_WORKFLOW, ...step.workflow },
  };
}

function runOf({ phase, message = "", outputs, progress }: NodeResult, walk: StepWalk): TestRun {
  const { calls, reports, elapsedMs } = walk;
  const parameters = outputs?.parameters ?? [];
  return {
    phase,
    message,
    outputs: Object.fromEntries(parameters.map(({ name, value = "" }) => [name, value])),
    result: outputs?.result,
    progress,
    elapsedMs,
    calls,
    reports,
  };
}
