import type { ClusterFlags } from "../cluster/connect.ts";
import { withCluster } from "../cluster/connect.ts";
import { listWorkflows, youngestFirst } from "../cluster/find-workflows.ts";
import { formatObjects } from "../print/objects.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import type { ProgramContext } from "../program-context.ts";
import { phaseOf, workflowTable } from "../render/workflow-table.ts";

export interface ListOptions {
  readonly cluster: ClusterFlags;
  readonly allNamespaces: boolean;
  readonly selector: string | undefined;
  readonly fieldSelector: string | undefined;
  /** Phases; none means all. */
  readonly phases: readonly string[];
  readonly output: "table" | ObjectFormat;
}

/** Lists Workflows, the youngest first. */
export async function list(options: ListOptions, context: ProgramContext): Promise<void> {
  const { allNamespaces, selector, fieldSelector, phases, output } = options;
  const { terminal } = context;
  await withCluster(options.cluster, context, async ({ client, namespace }) => {
    const all = await listWorkflows(client, {
      ...(allNamespaces ? {} : { namespace }),
      ...(selector === undefined ? {} : { labelSelector: selector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    });
    const wanted = youngestFirst(all).filter((workflow) => phases.length === 0 || phases.includes(phaseOf(workflow)));
    if (output !== "table") return terminal.out(formatObjects(wanted, output));
    if (wanted.length > 0) {
      const { palette } = terminal;
      return terminal.out(workflowTable(wanted, { nowMs: Date.now(), withNamespace: allNamespaces, palette }));
    }
    const which = all.length > 0 ? `none of ${all.length} is as asked for` : "there are none";
    terminal.err(`no Workflows in ${allNamespaces ? "any namespace" : `namespace ${namespace}`}: ${which}\n`);
  });
}
