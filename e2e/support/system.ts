import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WORKFLOWS, storedStatusParser } from "@outrigger/kube";
import { createLogger } from "@outrigger/telemetry";
import { formatIssues, isFulfilled } from "@outrigger/types";
import type { JsonObject, KubeObject, NodeStatus, ObjectMeta, WorkflowStatus } from "@outrigger/types";
import { startLocalSession } from "outrigger";
import type { LocalSession, LocalSessionOptions } from "outrigger";
import { vi } from "vitest";

export interface WorkflowState {
  readonly metadata: ObjectMeta;
  readonly status: WorkflowStatus;
}

/** Everything from the API to the plugin, on this machine; the end of a test ends it. */
export class System implements AsyncDisposable {
  readonly session: LocalSession;
  /** Structured lines of cluster, controller and agents. */
  readonly log: readonly JsonObject[];
  readonly folder: string;

  private constructor(session: LocalSession, log: readonly JsonObject[]) {
    this.session = session;
    this.log = log;
    this.folder = mkdtempSync(join(tmpdir(), "outrigger-e2e-"));
  }

  static async start(options: LocalSessionOptions = {}): Promise<System> {
    const log: JsonObject[] = [];
    const write = (line: string): void => void log.push(JSON.parse(line) as JsonObject);
    const logger = createLogger({ component: "local", level: "debug", write });
    return new System(await startLocalSession({ logger, hostEnv: process.env, ...options }), log);
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Submits a Workflow and answers it once it has ended. */
  async run(spec: object, { namespace = "default", name = "wf" } = {}): Promise<WorkflowState> {
    await this.submit(spec, { namespace, name });
    return this.ended({ namespace, name });
  }

  submit(spec: object, { namespace = "default", name = "wf" } = {}): Promise<KubeObject> {
    const workflow = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", metadata: { name }, spec };
    return this.session.client.create(WORKFLOWS, namespace, workflow);
  }

  ended({ namespace = "default", name = "wf" } = {}): Promise<WorkflowState> {
    return vi.waitFor(
      async () => {
        const workflow = await this.workflow({ namespace, name });
        if (!isFulfilled(workflow.status.phase)) throw new Error(`not ended: ${JSON.stringify(workflow.status)}`);
        return workflow;
      },
      { timeout: 15_000, interval: 20 },
    );
  }

  /** Metadata and status only: a spec may be beyond reading. */
  async workflow({ namespace = "default", name = "wf" } = {}): Promise<WorkflowState> {
    const workflow = await this.session.client.get(WORKFLOWS, { namespace, name });
    const status = storedStatusParser(workflow["status"] ?? {}, "status");
    if (!status.ok) throw new Error(`status of workflow ${name}: ${formatIssues(status.issues)}`);
    return { metadata: workflow.metadata, status: status.value };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A Workflow of one plugin step. */
export function oneStep(key: string, input: JsonObject = {}): object {
  return { entrypoint: "main", templates: [{ name: "main", plugin: { [key]: input } }] };
}

/** A Workflow of plugin steps, one after another; each has the key and nothing else. */
export function chain(key: string, length: number): object {
  const steps = Array.from({ length }, (_, index) => [{ name: `s${index}`, template: "call" }]);
  return {
    entrypoint: "main",
    templates: [
      { name: "main", steps },
      { name: "call", plugin: { [key]: {} } },
    ],
  };
}

export function node(workflow: WorkflowState, displayName: string): NodeStatus | undefined {
  return Object.values(workflow.status.nodes ?? {}).find((candidate) => candidate.displayName === displayName);
}
