import type { Command } from "commander";
import { LATEST, listWorkflows, youngestFirst } from "../cluster/find-workflows.ts";
import { candidatesFor } from "../completion/candidates.ts";
import type { Candidate } from "../completion/candidates.ts";
import type { ProgramContext } from "../program-context.ts";
import { phaseOf } from "../render/workflow-table.ts";
import { withCluster } from "../cluster/connect.ts";

// Whoever presses TAB does not wait longer.
const LONGEST_MS = 2_000;

/** The candidates for the last of these words, a line each. */
export async function complete(program: Command, words: readonly string[], context: ProgramContext): Promise<string> {
  const current = words.at(-1) ?? "";
  const { words: known, workflowsOf } = candidatesFor(program, words);
  const workflows = workflowsOf === undefined ? [] : await namesOfWorkflows(workflowsOf, context);
  const all = [...known, ...workflows.filter(({ word }) => word.startsWith(current))];
  return all.map(({ word, meaning }) => `${word}\t${meaning}\n`).join("");
}

// A cluster that does not answer has no names to offer.
async function namesOfWorkflows(
  flags: Readonly<Record<string, string>>,
  context: ProgramContext,
): Promise<readonly Candidate[]> {
  try {
    const workflows = await withCluster(flags, context, ({ client, namespace }) =>
      listWorkflows(client, { namespace, signal: AbortSignal.timeout(LONGEST_MS) }),
    );
    const names = youngestFirst(workflows).map((each) => ({ word: each.metadata.name ?? "", meaning: phaseOf(each) }));
    return names.length === 0 ? [] : [{ word: LATEST, meaning: "the one that was created last" }, ...names];
  } catch {
    return [];
  }
}
