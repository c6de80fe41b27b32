import type { JsonObject, JsonValue } from "./parse/json.ts";
import {
  anyString,
  boolean,
  intOrString,
  integer,
  json,
  jsonObject,
  lazy,
  list,
  object,
  record,
  refine,
  string,
} from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import { hooksParser } from "./lifecycle-hook.ts";
import type { LifecycleHook } from "./lifecycle-hook.ts";
import { httpTemplateParser } from "./http-template.ts";
import type { HttpTemplate } from "./http-template.ts";
import { inputsParser, outputsParser } from "./parameter.ts";
import type { Arguments, Inputs, Outputs } from "./parameter.ts";
import { retryStrategyParser } from "./retry-strategy.ts";
import { templateRefParser } from "./template-ref.ts";
import type { TemplateRef } from "./template-ref.ts";
import type { RetryStrategy } from "./retry-strategy.ts";

/** Numbers to count through; all given as text or number. */
export interface Sequence {
  readonly count?: string;
  readonly start?: string;
  readonly end?: string;
  /** A printf verb such as `n%03d`. */
  readonly format?: string;
}

export interface ContinueOn {
  readonly error?: boolean;
  readonly failed?: boolean;
}

/** What a step of `steps` and a task of `dag` have in common: which template to run, with what, how often, and when. */
export interface TemplateCall {
  readonly name: string;
  readonly template?: string;
  readonly templateRef?: TemplateRef;
  readonly inline?: Template;
  readonly arguments?: Arguments;
  readonly withItems?: readonly JsonValue[];
  readonly withParam?: string;
  readonly withSequence?: Sequence;
  readonly when?: string;
  readonly continueOn?: ContinueOn;
  readonly hooks?: Readonly<Record<string, LifecycleHook>>;
  /** The template to run when the call has ended: the older way to write the hook `exit`. */
  readonly onExit?: string;
}

export type WorkflowStep = TemplateCall;

export interface DagTask extends TemplateCall {
  readonly dependencies?: readonly string[];
  /** A logical expression over tasks and their results: `a && (b.Failed || c.Skipped)`. */
  readonly depends?: string;
}

export interface Dag {
  readonly tasks: readonly DagTask[];
  /** Space-separated names of the tasks to reach; all leaves by default. */
  readonly target?: string;
  readonly failFast?: boolean;
}

export interface Suspend {
  /** Seconds as a number, or a Go duration. Without it, the node waits until someone resumes it. */
  readonly duration?: string;
}

export interface TemplateMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A template as written: which of the bodies it carries is for `templateType` to say. Fields that are not listed here
 * travel along untouched.
 */
export interface Template {
  readonly name?: string;
  readonly inputs?: Inputs;
  readonly outputs?: Outputs;
  readonly metadata?: TemplateMetadata;
  /** One key, which names the plugin, and whatever that plugin takes. */
  readonly plugin?: JsonObject;
  readonly http?: HttpTemplate;
  readonly steps?: readonly (readonly WorkflowStep[])[];
  readonly dag?: Dag;
  readonly suspend?: Suspend;
  readonly retryStrategy?: RetryStrategy;
  /** How long a node may take from its start, waiting included: a Go duration. */
  readonly timeout?: string;
  /** How long a node may be Pending: a Go duration. */
  readonly pendingTimeout?: string;
  /** How long a node may take from its start, in seconds. */
  readonly activeDeadlineSeconds?: string;
  /** How many of the steps or tasks of the template may run at a time. */
  readonly parallelism?: number;
  /** Whether steps or iterations that wait for their turn are given up once one beside them has failed. */
  readonly failFast?: boolean;
  readonly memoize?: Memoize;
}

/** Where the outputs of a template are remembered. */
export interface Memoize {
  readonly key?: string;
  /** A Go duration. */
  readonly maxAge?: string;
  readonly cache?: { readonly configMap?: { readonly name?: string } };
}

/** The fields of a template that say what it does: exactly one must be there. */
export const TEMPLATE_BODIES = [
  "plugin",
  "steps",
  "dag",
  "suspend",
  "http",
  "container",
  "containerSet",
  "script",
  "resource",
  "data",
] as const;
export type TemplateBody = (typeof TEMPLATE_BODIES)[number];

/** The bodies that a template carries: one in a sound template, none or several in a broken one. */
export function templateBodies(template: Template): readonly TemplateBody[] {
  return TEMPLATE_BODIES.filter((body) => Object.hasOwn(template, body) && template[body as keyof Template] != null);
}

const sequenceParser: Parser<Sequence> = object<Sequence>({
  count: intOrString,
  start: intOrString,
  end: intOrString,
  format: string,
});

const templateCallShape = {
  name: string,
  template: string,
  templateRef: templateRefParser,
  inline: lazy(() => templateParser),
  arguments: inputsParser,
  withItems: list(json),
  withParam: anyString,
  withSequence: sequenceParser,
  when: anyString,
  continueOn: object<ContinueOn>({ error: boolean, failed: boolean }),
  hooks: hooksParser,
  onExit: string,
} as const;

const stepParser: Parser<WorkflowStep> = object<WorkflowStep>(templateCallShape, { required: ["name"] });

const dagTaskParser: Parser<DagTask> = object<DagTask>(
  { ...templateCallShape, dependencies: list(string), depends: string },
  { required: ["name"] },
);

const oneKey: Parser<JsonObject> = refine(jsonObject, (plugin) => {
  const keys = Object.keys(plugin);
  return keys.length === 1
    ? undefined
    : `must have exactly one key, the plugin's, not ${keys.length === 0 ? "none" : keys.join(", ")}`;
});

export const templateParser: Parser<Template> = object<Template>({
  name: string,
  inputs: inputsParser,
  outputs: outputsParser,
  metadata: object<TemplateMetadata>({ labels: record(string), annotations: record(string) }),
  plugin: oneKey,
  http: httpTemplateParser,
  steps: list(list(stepParser)),
  dag: object<Dag>({ tasks: list(dagTaskParser), target: string, failFast: boolean }, { required: ["tasks"] }),
  suspend: object<Suspend>({ duration: intOrString }),
  retryStrategy: retryStrategyParser,
  timeout: string,
  pendingTimeout: string,
  activeDeadlineSeconds: intOrString,
  parallelism: integer,
  failFast: boolean,
  memoize: object<Memoize>({
    key: string,
    maxAge: string,
    cache: object<NonNullable<Memoize["cache"]>>({ configMap: object<{ readonly name?: string }>({ name: string }) }),
  }),
});
