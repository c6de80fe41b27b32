import { TASK_NODE_NAME, isFulfilled } from "@outrigger/types";
import type {
  Dag,
  NodeId,
  NodeResult,
  NodeStatus,
  ObjectMeta,
  Outputs,
  Parameter,
  RetryStrategy,
  Template,
  Workflow,
  WorkflowTaskSet,
} from "@outrigger/types";
import { Announcements } from "./announcements.ts";
import { compileDag } from "./dag/compile.ts";
import type { CompiledDag } from "./dag/compile.ts";
import { MemoCache } from "./memoize/memo-cache.ts";
import { Slots } from "./nodes/slots.ts";
import { NodeTree } from "./nodes/tree.ts";
import { own } from "./own.ts";
import { GlobalOutputs } from "./scope/global-outputs.ts";
import { TemplateIndex } from "./references/template-index.ts";
import { localScope, scopeWithin } from "./references/template-scope.ts";
import type { Callee, TemplateScope } from "./references/template-scope.ts";
import { choosePlugins } from "./plugins/choice.ts";
import type { PluginChoice } from "./plugins/choice.ts";
import { exactTime, parseTime } from "./time.ts";
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
  /** Without what the spec adds to it when the Workflow begins. */
  readonly storedMetadata: ObjectMeta;
  readonly world: World;
  readonly name: string;
  readonly tree: NodeTree;
  readonly globals: GlobalOutputs;
  readonly memoCache: MemoCache;
  /** The time of this pass, as nodes show it. */
  readonly now: string;
  readonly announcements: Announcements;
  readonly waiting: WaitingNode[] = [];
  /** Someone waits to see what changed. */
  urgent = false;
  readonly #taskSet: WorkflowTaskSet | undefined;
  readonly #templates: TemplateIndex;
  readonly #dags = new Map<Dag, CompiledDag>();
  #plugins: PluginChoice | undefined;
  #slots: Slots | undefined;
  #started: ReadonlySet<string> | undefined;
  #wakeAtMs: number | undefined;

  constructor(workflow: Workflow, world: World, storedMetadata: ObjectMeta = workflow.metadata) {
    this.workflow = workflow;
    this.storedMetadata = storedMetadata;
    this.world = world;
    this.name = workflow.metadata.name ?? "";
    this.tree = new NodeTree(this.name, workflow.status?.nodes, world.draft?.tree);
    this.globals = new GlobalOutputs(workflow, world.draft?.globals);
    this.memoCache = new MemoCache(world.configMaps ?? new Map());
    this.now = exactTime(world.nowMs);
    this.#taskSet = world.taskSet;
    this.announcements = new Announcements(world.taskSet, world.config.maxOpenTasks);
    this.#templates = new TemplateIndex(workflow);
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

  /** Something has asked for a slot: most Workflows set no limits. */
  get hasLimits(): boolean {
    return this.#slots !== undefined;
  }

  get slots(): Slots {
    this.#slots ??= new Slots(this.tree, Object.keys(this.#taskSet?.spec.tasks ?? {}).length === 0);
    return this.#slots;
  }

  /** Whether a node was turned away that may get a slot by now. */
  get mustLookAgain(): boolean {
    return this.#slots?.mustLookAgain ?? false;
  }

  /** A node has to wait: should a slot become free in this pass, it is asked again. */
  turnAway(): void {
    this.#slots?.turnAway();
  }

  /** From here on, the templates are gone through once more. */
  lookAgain(): void {
    this.waiting.length = 0;
    this.#slots?.lookAgain();
  }

  /** The template that a call names or carries; `boundary` is the Steps or DAG node that the call is part of. */
  templateOf(call: Callee, boundary: NodeId | undefined): Template | undefined {
    return this.#templates.find(call, this.scopeWithin(boundary));
  }

  /** Where calls within a Steps or DAG node look up their templates. */
  scopeWithin(boundary: NodeId | undefined): TemplateScope {
    const node = boundary === undefined ? undefined : this.tree.byId(boundary);
    return scopeWithin(node ?? {}, node?.templateScope ?? localScope(this.workflow));
  }

  /** What a call's template says it puts out. */
  outputsOf(call: Callee, boundary: NodeId): readonly Parameter[] {
    return this.templateOf(call, boundary)?.outputs?.parameters ?? [];
  }

  /** How a template is tried again: its own way, else the Workflow's. */
  retryStrategyOf(template: Template): RetryStrategy | undefined {
    return template.retryStrategy ?? this.workflow.spec.retryStrategy;
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

  /** Whether the log holds a task of this node, or of one within it. */
  hasStarted(nodeName: string): boolean {
    this.#started ??= new Set(Object.values(this.#taskSet?.spec.tasks ?? {}).flatMap(namesAround));
    return this.#started.has(nodeName);
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

// `wf[0].each(0:a)[0].x` is part of `wf[0].each(0:a)[0]`, `wf[0].each(0:a)`, and so on; what is no name does no harm.
function namesAround({ metadata }: Template): readonly string[] {
  const name = metadata?.annotations?.[TASK_NODE_NAME] ?? "";
  return [name, ...Array.from(name.matchAll(/[.[(]/g), ({ index }) => name.slice(0, index))];
}
