import type { KubeClient } from "@outrigger/kube";
import type { CallRules } from "@outrigger/types";

/** An agent, as the cases start it and see what it does: through the Kubernetes API and through plugins. */
export interface AgentSubject {
  /** Where the agent looks for its WorkflowTaskSet. The definition of that kind is installed. */
  readonly client: KubeClient;
  readonly namespace: string;
  /** Starts the agent of one Workflow; its task set is there, or will be. */
  readonly start: (work: AgentWork) => Promise<RunningAgent>;
  readonly timing: AgentTiming;
}

/** What an agent is told in its environment. */
export interface AgentWork {
  readonly workflowName: string;
  readonly workflowUid: string;
  readonly plugins: readonly AgentPlugin[];
}

export interface AgentPlugin {
  /** Of its container. */
  readonly name: string;
  /** `http://localhost:4355` */
  readonly address: string;
  readonly token: string;
  readonly rules: CallRules;
}

export interface RunningAgent {
  readonly stop: () => Promise<void>;
}

/** How the agent has been set up: what would take minutes may be shorter than usual. */
export interface AgentTiming {
  /** Default of the contract: 30 s. */
  readonly callTimeoutMs: number;
  /** Before the second try; 1 s. */
  readonly retryDelayMs: number;
  /** In all; 5. */
  readonly maxTries: number;
  /** When a plugin is asked again that did not say when; 10 s. */
  readonly pollIntervalMs: number;
  /** How many calls a plugin gets at a time; 16. */
  readonly callsPerPlugin: number;
  /** How long to wait for what must come. */
  readonly patienceMs: number;
}
