declare const brand: unique symbol;

/** Identifies a node within its Workflow's `status.nodes`, and a task in the WorkflowTaskSet. Made by `nodeId`. */
export type NodeId = string & { readonly [brand]: "NodeId" };

/** The readable path of a node: `wf[0].step(1:x)`. Not an id: the two look alike for the root node only. */
export type NodeName = string & { readonly [brand]: "NodeName" };

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

const LAST_ASCII = 0x7f;
const utf8 = new TextEncoder();

/** The 32-bit FNV-1a hash of a text: what node ids are made of. */
export function fnv1a32(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > LAST_ASCII) return hashOfBytes(utf8.encode(text));
    hash = Math.imul(hash ^ code, FNV_PRIME);
  }
  return hash >>> 0;
}

// Encoding a text costs ten times as much as hashing it, and nearly all names are ASCII.
function hashOfBytes(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, FNV_PRIME), FNV_OFFSET) >>> 0;
}

/** The id that Argo gives to a node name: the Workflow's name for the root, else `<workflow>-<FNV-1a 32 of the name, decimal>`. */
export function nodeId(workflowName: string, nodeName: string): NodeId {
  return (nodeName === workflowName ? workflowName : `${workflowName}-${fnv1a32(nodeName)}`) as NodeId;
}

export function toNodeId(text: string): NodeId {
  return text as NodeId;
}

export function toNodeName(text: string): NodeName {
  return text as NodeName;
}

/** Name of the pod that serves a Workflow's plugin steps. */
export function agentPodName(workflowName: string): string {
  return `${nodeId(workflowName, "agent")}-agent`;
}
