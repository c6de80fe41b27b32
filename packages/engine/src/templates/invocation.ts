import type { Inputs, NodeFlag, NodeId, NodeStatus, Template } from "@outrigger/types";
import type { Run } from "../run.ts";
import type { Callee } from "../references/template-scope.ts";
import type { Scope } from "../scope/scope.ts";
import type { Argument } from "./arguments.ts";
import type { Deadline } from "./deadline.ts";

/** How many calls of one template may run at a time, and whether those that wait are given up when one has failed. */
export interface CallLimits {
  readonly parallelism?: number | undefined;
  readonly failFast?: boolean | undefined;
}

/** Where a call is made from: handed down from template to template. */
export interface Surroundings {
  /** What tags can name here. */
  readonly scope: Scope;
  /** The part of it that is known in all templates. */
  readonly workflowScope: Scope;
  /** The Steps or DAG node that the call is part of; none for the entrypoint and exit handler. */
  readonly boundary: NodeId | undefined;
  /** When all of this has to be over. */
  readonly deadline: Deadline | undefined;
  /** What the template that makes the call says of the calls that it makes. */
  readonly limits: CallLimits;
  /** Part of the exit handler, which goes on when the Workflow is being stopped. */
  readonly onExit: boolean;
  /** How many templates are being run around this one. */
  readonly depth: number;
}

/** One template to run as one node. */
export interface Invocation {
  readonly nodeName: string;
  /** The node, if the caller has it at hand. */
  readonly node?: NodeStatus;
  readonly call: Callee;
  /** `steps.name` or `tasks.name` within the template. */
  readonly caller?: { readonly root: "steps" | "tasks"; readonly name: string };
  /** Looked at only when the node does not exist yet: afterwards the node has its inputs. */
  readonly arguments: readonly Argument[];
  readonly surroundings: Surroundings;
  readonly flag?: NodeFlag;
  /** For messages: `templates.main.steps[0].a`. */
  readonly place: string;
}

/** Runs a template as one node, or moves that node on. Answers the node, which may have ended in error. */
export type Invoke = (run: Run, invocation: Invocation) => NodeStatus;

/** An invocation that is ready: template found, inputs bound. */
export interface Activation {
  readonly invocation: Invocation;
  readonly template: Template;
  /** The node, if it was made before. It is not fulfilled. */
  readonly node: NodeStatus | undefined;
  readonly inputs: Inputs | undefined;
  /** Which attempt this is, from 0, if the template is one that is tried again. */
  readonly attempt?: number;
  /** What tags within the template can name, beside its own steps or tasks. Made when it is asked for. */
  readonly scope: () => Scope;
  /** For messages: `templates.say`, or the call's place for an inline template. */
  readonly place: string;
  /** For the calls within the template. */
  readonly invoke: Invoke;
}

/** Moves a template on as far as it goes now; answers its node. */
export type TemplateRunner = (run: Run, activation: Activation) => NodeStatus;
