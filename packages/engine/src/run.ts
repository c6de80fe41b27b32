import { isFulfilled } from "@outrigger/types";
import type {
  Dag,
  NodeId,
  NodeResult,
  NodeStatus,
  Outputs,
  Parameter,
  Template,
  TemplateCall,
  Workflow,
  WorkflowTaskSet,
} from "@outrigger/types";
import { compileDag } from "./dag/compile.ts";
import type { CompiledDag } from "./dag/compile.ts";
import { NodeTree } from "./nodes/tree.ts";
import { own } from "./own.ts";
import { GlobalOutputs } from "./scope/global-outputs.ts";
import { choosePlugins } from "./plugins/choice.ts";
import type { PluginChoice } from "./plugins/choice.ts";
import { isoTime, parseTime } from "./time.ts";
import type { World } from "./world.ts";

/** A plugin node that has no final answer yet. */
export interface WaitingNode {
  readonly id: NodeId;
  readonly template: Template;
  /** What the plugin itself said last. */
  readonly message: string | undefined;
}

/**
 * The working copy of one pass: the only object that changes while `operate` runs.
 *
 * Owns: the node tree, and what the pass has found out so far. Does not own: decisions; those are the functions that are handed
 * a Run.
 * 1. Workflow and World are read, never written.
 * 2. Whatever the log holds of a node wins over what would be computed anew: its task as announced, its result as answered.
 */
export class Run {
  readonly workflow: Workflow;
  readonly world: World;
  readonly name: string;
  readonly tree: NodeTree;
  readonly globals: GlobalOutputs;
  /** The time of this pass, as nodes show it. */
  readonly now: string;
  /** Tasks that the log lacks. */
  readonly newTasks = new Map<NodeId, Template>();
  readonly waiting: WaitingNode[] = [];
  /** Someone waits to see what changed. */
  urgent = false;
  readonly #taskSet: WorkflowTaskSet | undefined;
  readonly #templates: ReadonlyMap<string, Template>;
  readonly #dags = new Map<Dag, CompiledDag>();
  #plugins: PluginChoice | undefined;
  #wakeAtMs: number | undefined;

  constructor(workflow: Workflow, world: World) {
    this.workflow = workflow;
    this.world = world;
    this.name = workflow.metadata.name ?? "";
    this.tree = new NodeTree(this.name, workflow.status?.nodes);
    this.globals = new GlobalOutputs(workflow);
    this.now = isoTime(world.nowMs);
    this.#taskSet = world.taskSet;
    this.#templates = new Map((workflow.spec.templates ?? []).map((template) => [template.name ?? "", template]));
  }

  get wakeAtMs(): number | undefined {
    return this.#wakeAtMs;
  }

  get elapsedMs(): number {
    const startedMs = parseTime(this.workflow.status?.startedAt);
    return startedMs === undefined ? 0 : Math.max(0, this.world.nowMs - startedMs);
  }

  get plugins(): PluginChoice {
    this.#plugins ??= choosePlugins(this.workflow, this.world);
    return this.#plugins;
  }

  /** The template that a call names or carries. */
  templateOf(call: Pick<TemplateCall, "template" | "inline">): Template | undefined {
    return call.inline ?? this.#templates.get(call.template ?? "");
  }

  /** What a call's template says it puts out. */
  outputsOf(call: Pick<TemplateCall, "template" | "inline">): readonly Parameter[] {
    return this.templateOf(call)?.outputs?.parameters ?? [];
  }

  dagOf(dag: Dag): CompiledDag {
    let compiled = this.#dags.get(dag);
    if (compiled === undefined) {
      compiled = compileDag(dag);
      this.#dags.set(dag, compiled);
    }
    return compiled;
  }

  announcedTask(id: NodeId): Template | undefined {
    return own(this.#taskSet?.spec.tasks, id);
  }

  resultOf(id: NodeId): NodeResult | undefined {
    return own(this.#taskSet?.status.nodes, id);
  }

  /** Sets what a node puts out, to its caller and under a `globalName` to the whole Workflow. */
  putOut(id: NodeId, outputs: Outputs | undefined): NodeStatus {
    this.globals.publish(outputs);
    return this.tree.change(id, { outputs });
  }

  /** Changes the phase of a node, and with it its times. */
  mark(id: NodeId, phase: NodeStatus["phase"], message?: string): NodeStatus {
    const node = this.tree.byId(id);
    const finishedAt = isFulfilled(phase) ? (node?.finishedAt ?? this.now) : undefined;
    return this.tree.change(id, { phase, message, finishedAt });
  }

  /** The earliest of all such times counts. */
  wakeAt(timeMs: number): void {
    this.#wakeAtMs = Math.min(this.#wakeAtMs ?? timeMs, timeMs);
  }
}
