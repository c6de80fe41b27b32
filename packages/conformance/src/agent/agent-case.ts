import { passedUnless } from "../case.ts";
import type { CaseFacts, ConformanceCase } from "../case.ts";
import type { Problem } from "./expect.ts";
import type { AgentProbe } from "./probe.ts";
import type { Answer } from "./scripted-plugin.ts";

/** A case that says what is wrong, if anything is. Throws where something did not come in time. */
export function agentCase(
  facts: CaseFacts,
  check: (probe: AgentProbe) => Promise<Problem>,
): ConformanceCase<AgentProbe> {
  return { ...facts, run: async (probe) => passedUnless(await check(probe)) };
}

export const SUCCEEDED: Answer = { body: { node: { phase: "Succeeded", message: "done" } } };

/** Each call gets the next answer; the last one stays. */
export function inTurn(...answers: readonly Answer[]): (call: unknown, index: number) => Answer {
  return (_call, index) => answers[Math.min(index, answers.length - 1)] ?? SUCCEEDED;
}
