import type { Command } from "commander";
import { candidatesFor } from "../completion/candidates.ts";
import type { Candidate } from "../completion/candidates.ts";
import type { ProgramContext } from "../program-context.ts";

/** The candidates for the last of these words, a line each. */
export async function complete(program: Command, words: readonly string[], context: ProgramContext): Promise<string> {
  const current = words.at(-1) ?? "";
  const { words: known, workflowsOf } = candidatesFor(program, words);
  const workflows = workflowsOf === undefined ? [] : await workflowsIn(workflowsOf, context);
  const all = [...known, ...workflows.filter(({ word }) => word.startsWith(current))];
  return all.map(({ word, meaning }) => `${word}\t${meaning}\n`).join("");
}

async function workflowsIn(
  flags: Readonly<Record<string, string>>,
  context: ProgramContext,
): Promise<readonly Candidate[]> {
  const { namesOfWorkflows } = await import("../completion/workflow-names.ts");
  return namesOfWorkflows(flags, context);
}
