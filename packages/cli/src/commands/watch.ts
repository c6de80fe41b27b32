import { awaitWorkflows } from "../cluster/await-workflows.ts";
import type { Awaiting } from "../cluster/await-workflows.ts";
import { withCluster } from "../cluster/connect.ts";
import type { ClusterFlags } from "../cluster/connect.ts";
import { findWorkflows, refOf } from "../cluster/find-workflows.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ProgramContext } from "../program-context.ts";

export interface WatchOptions {
  readonly cluster: ClusterFlags;
  readonly names: readonly string[];
  readonly awaiting: Awaiting;
}

/** Waits for Workflows to end: `watch` with a live picture, `wait` without a word. */
export function watch({ cluster: flags, names, awaiting }: WatchOptions, context: ProgramContext): Promise<ExitCode> {
  return withCluster(flags, context, async (cluster) => {
    const workflows = await findWorkflows(cluster, { names });
    return awaitWorkflows(cluster, workflows.map(refOf), awaiting, context);
  });
}
