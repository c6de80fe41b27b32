import { withCluster } from "../cluster/connect.ts";
import { LATEST, listWorkflows, youngestFirst } from "../cluster/find-workflows.ts";
import type { ProgramContext } from "../program-context.ts";
import { phaseOf } from "../render/workflow-table.ts";
import type { Candidate } from "./candidates.ts";

// Whoever presses TAB does not wait longer.
const LONGEST_MS = 2_000;

/** The names of Workflows, of the cluster that these options choose. One that does not answer has none to offer. */
export async function namesOfWorkflows(
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
