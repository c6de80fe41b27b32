import type { ConfigMapFacts, InstalledPlugin, Outcome } from "@outrigger/engine";
import type { WorkflowSpec } from "@outrigger/types";
import type { SimulatedCluster } from "../simulation/cluster.ts";

/** What the commands of one transcript work on. */
export class ScenarioEnvironment {
  plugins: InstalledPlugin[] = [];
  /** By `namespaced/<name>` or `cluster/<name>`. */
  readonly configMaps = new Map<string, ConfigMapFacts>();
  readonly workflowTemplates = new Map<string, Outcome<WorkflowSpec>>();
  #cluster: SimulatedCluster | undefined;

  get cluster(): SimulatedCluster {
    if (this.#cluster === undefined) throw new Error("submit a Workflow first");
    return this.#cluster;
  }

  set cluster(cluster: SimulatedCluster) {
    this.#cluster = cluster;
  }

  /** The node of this display name. */
  nodeId(displayName: string): string {
    const nodes = Object.values(this.cluster.status.nodes ?? {});
    const found = nodes.filter((node) => node.displayName === displayName || node.name === displayName);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(
        `${found.length} nodes are called ${displayName}; there are ${nodes.map((node) => node.name).join(", ")}`,
      );
    }
    return only.id;
  }
}

/** Runs one command: its words, and the lines below it. Answers what it prints. */
export type Command = (environment: ScenarioEnvironment, words: readonly string[], input: string) => string;
