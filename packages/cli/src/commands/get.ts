import { withCluster } from "../cluster/connect.ts";
import type { ClusterFlags } from "../cluster/connect.ts";
import { findWorkflows } from "../cluster/find-workflows.ts";
import { viewOf } from "../follow-workflows.ts";
import { formatObjects } from "../print/objects.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import type { ProgramContext } from "../program-context.ts";
import { printTrees } from "../render/live-view.ts";

export interface GetOptions {
  readonly cluster: ClusterFlags;
  readonly names: readonly string[];
  readonly output: "tree" | ObjectFormat;
}

/** Shows Workflows as they are now. */
export async function get({ cluster: flags, names, output }: GetOptions, context: ProgramContext): Promise<void> {
  const { terminal } = context;
  const workflows = await withCluster(flags, context, (cluster) => findWorkflows(cluster, { names }));
  if (output === "tree") printTrees(terminal, workflows.map(viewOf), Date.now());
  else terminal.out(formatObjects(workflows, output));
}
