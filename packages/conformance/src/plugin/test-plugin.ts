import { randomUUID } from "node:crypto";
import type { CaseResult } from "../case.ts";
import { runCases } from "../run-cases.ts";
import { PLUGIN_CASES } from "./plugin-cases.ts";
import { PluginProbe } from "./probe.ts";
import type { SharedByCases } from "./probe.ts";
import type { PluginSubject } from "./subject.ts";

export interface TestPluginOptions {
  readonly signal?: AbortSignal;
  /** Told of each case when it is over. */
  readonly onResult?: (result: CaseResult) => void;
}

/** Holds a running plugin to the contract, case by case. It is really called, some thirty times. */
export function testPlugin(subject: PluginSubject, options: TestPluginOptions = {}): Promise<readonly CaseResult[]> {
  const { signal = new AbortController().signal, onResult } = options;
  const shared: SharedByCases = { subject, runId: randomUUID(), own: undefined, signal };
  return runCases(PLUGIN_CASES, { probe: () => new PluginProbe(shared), signal, onResult });
}
