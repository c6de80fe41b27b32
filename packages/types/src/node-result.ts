import { object, oneOf, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import { outputsParser } from "./parameter.ts";
import type { Outputs } from "./parameter.ts";
import { RESULT_PHASES } from "./phases.ts";
import type { ResultPhase } from "./phases.ts";

/** What an agent reports of one task. */
export interface NodeResult {
  readonly phase: ResultPhase;
  readonly message?: string;
  readonly outputs?: Outputs;
  /** `done/total`, as the plugin counts. */
  readonly progress?: string;
}

export const nodeResultParser: Parser<NodeResult> = object<NodeResult>(
  { phase: oneOf(...RESULT_PHASES), message: string, outputs: outputsParser, progress: string },
  { required: ["phase"] },
);
