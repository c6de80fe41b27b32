import { existsSync } from "node:fs";
import { run } from "../command.ts";

/** Brings archives into the cluster that kubectl would talk to: one of k3d, or the one that the script runs. */
export function loadIntoCluster(archives: readonly string[], clusterScript: string): void {
  const context = run(["kubectl", "config", "current-context"]).trim();
  if (context.startsWith("k3d-")) {
    run(["k3d", "image", "import", "--cluster", context.slice("k3d-".length), ...archives]);
  } else if (existsSync(clusterScript)) {
    run([clusterScript, "load", ...archives]);
  } else {
    throw new Error(
      `nobody knows how to bring images into the cluster of context ${context}: it is none of k3d, and there is no ${clusterScript} (OUTRIGGER_CLUSTER_SCRIPT)`,
    );
  }
}
