import { randomBytes } from "node:crypto";
import type { CaseResult, ConformanceCase } from "../case.ts";
import { runCases } from "../run-cases.ts";
import { AGAIN_CASES } from "./cases/again-cases.ts";
import { ANSWER_CASES } from "./cases/answer-cases.ts";
import { AGENT_EXTENSION_CASES } from "./cases/extension-cases.ts";
import { SENDING_CASES } from "./cases/sending-cases.ts";
import { AgentProbe } from "./probe.ts";
import type { AgentSubject } from "./subject.ts";

/** What holds an agent to the contract. */
export const AGENT_CASES: readonly ConformanceCase<AgentProbe>[] = [
  ...SENDING_CASES,
  ...ANSWER_CASES,
  ...AGAIN_CASES,
  ...AGENT_EXTENSION_CASES,
];

export interface TestAgentOptions {
  /** The ids of the cases to run. Default: all. */
  readonly only?: readonly string[];
  readonly signal?: AbortSignal;
  /** Told of each case when it is over. */
  readonly onResult?: (result: CaseResult) => void;
}

/** Holds an agent to the contract, case by case: a Workflow's task set for each, and plugins that are scripted. */
export function testAgent(subject: AgentSubject, options: TestAgentOptions = {}): Promise<readonly CaseResult[]> {
  const { only, ...rest } = options;
  const run = randomBytes(3).toString("hex");
  const probe = ({ id }: { readonly id: string }): AgentProbe => new AgentProbe(subject, `conformance-${id}-${run}`);
  const cases = only === undefined ? AGENT_CASES : AGENT_CASES.filter(({ id }) => only.includes(id));
  return runCases(cases, { probe, ...rest });
}
