import { boolean, list, map, object, oneOf, record, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import { toNodeId, toNodeName } from "./ids.ts";
import type { NodeId, NodeName } from "./ids.ts";
import { inputsParser, outputsParser } from "./parameter.ts";
import type { Inputs, Outputs } from "./parameter.ts";
import { NODE_PHASES, NODE_TYPES } from "./phases.ts";
import type { NodePhase, NodeType } from "./phases.ts";
import { templateRefParser } from "./template-ref.ts";
import type { TemplateRef } from "./template-ref.ts";

export interface NodeFlag {
  /** Made by a lifecycle hook or exit handler. */
  readonly hooked?: boolean;
  /** An attempt below a Retry node. */
  readonly retried?: boolean;
}

/** What a cache had to say of a node whose template is memoized. */
export interface MemoizationStatus {
  /** The outputs are those of an earlier run. */
  readonly hit: boolean;
  readonly key: string;
  readonly cacheName: string;
}

/** One node of `status.nodes`, with Argo's field names, so that Argo's tools draw it. */
export interface NodeStatus {
  readonly id: NodeId;
  readonly name: NodeName;
  readonly displayName: string;
  readonly type: NodeType;
  readonly templateName?: string;
  readonly templateRef?: TemplateRef;
  /** Where `templateName` was looked up: `local/<workflow>`, `namespaced/<name>` or `cluster/<name>`. */
  readonly templateScope?: string;
  readonly phase: NodePhase;
  readonly message?: string;
  readonly boundaryID?: NodeId;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** `done/total` over this node and all below it. */
  readonly progress?: string;
  readonly inputs?: Inputs;
  readonly outputs?: Outputs;
  readonly children?: readonly NodeId[];
  readonly outboundNodes?: readonly NodeId[];
  readonly nodeFlag?: NodeFlag;
  readonly memoizationStatus?: MemoizationStatus;
}

const nodeIdParser: Parser<NodeId> = map(string, toNodeId);
const nodeNameParser: Parser<NodeName> = map(string, toNodeName);

export const nodeStatusParser: Parser<NodeStatus> = object<NodeStatus>(
  {
    id: nodeIdParser,
    name: nodeNameParser,
    displayName: string,
    type: oneOf(...NODE_TYPES),
    templateName: string,
    templateRef: templateRefParser,
    templateScope: string,
    phase: oneOf(...NODE_PHASES),
    message: string,
    boundaryID: nodeIdParser,
    startedAt: string,
    finishedAt: string,
    progress: string,
    inputs: inputsParser,
    outputs: outputsParser,
    children: list(nodeIdParser),
    outboundNodes: list(nodeIdParser),
    nodeFlag: object<NodeFlag>({ hooked: boolean, retried: boolean }),
    memoizationStatus: object<MemoizationStatus>(
      { hit: boolean, key: string, cacheName: string },
      { required: ["hit", "key", "cacheName"] },
    ),
  },
  { required: ["id", "name", "displayName", "type", "phase"] },
);

export const nodesParser: Parser<Readonly<Record<NodeId, NodeStatus>>> = record(nodeStatusParser);
