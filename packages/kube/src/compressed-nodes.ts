import { gunzipSync, gzipSync } from "node:zlib";
import { failure, isJsonObject, ok, workflowParser, workflowStatusParser } from "@outrigger/types";
import type { JsonObject, KubeObject, Parser, Result, Workflow, WorkflowStatus } from "@outrigger/types";

/** etcd takes no more than 1.5 MiB; Argo stays below this, with the whole Workflow. */
export const MAX_WORKFLOW_BYTES = 1024 * 1024;
// Of what someone has put there: nodes of a Workflow of the greatest size never grow to this.
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/** A Workflow is too large to be stored, even with its nodes compressed. */
export class WorkflowTooLarge extends Error {
  override readonly name = "WorkflowTooLarge";

  constructor(sizeBytes: number) {
    super(
      `the Workflow takes ${sizeBytes} bytes with its nodes compressed, and ${MAX_WORKFLOW_BYTES} are stored at most: ` +
        "let its steps put out less, or cut it into several Workflows",
    );
  }
}

/** The status as it is to be stored: with its nodes compressed, as Argo does it, where the Workflow would be too large. */
export function packStatus(workflow: KubeObject, status: WorkflowStatus): WorkflowStatus {
  const { nodes, ...rest } = status;
  if (nodes === undefined || sizeOf(workflow, status) <= MAX_WORKFLOW_BYTES) return status;
  const packed = { ...rest, compressedNodes: gzipSync(JSON.stringify(nodes)).toString("base64") };
  const sizeBytes = sizeOf(workflow, packed);
  if (sizeBytes > MAX_WORKFLOW_BYTES) throw new WorkflowTooLarge(sizeBytes);
  return packed;
}

/** Reads a Workflow as it is stored: with or without compressed nodes. */
export const storedWorkflowParser: Parser<Workflow> = (value, path) => {
  if (!isJsonObject(value)) return workflowParser(value, path);
  const status = unpack(value["status"]);
  return status.ok ? workflowParser({ ...value, status: status.value }, path) : status;
};

/** The status alone. */
export const storedStatusParser: Parser<WorkflowStatus> = (value, path) => {
  const status = unpack(value);
  return status.ok ? workflowStatusParser(status.value, path) : status;
};

function unpack(value: unknown): Result<unknown> {
  if (!isJsonObject(value)) return ok(value);
  const { compressedNodes, ...status } = value;
  if (typeof compressedNodes !== "string" || compressedNodes === "" || hasNodes(status)) return ok(value);
  try {
    const packed = Buffer.from(compressedNodes, "base64");
    const text = gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString("utf8");
    return ok({ ...status, nodes: JSON.parse(text) as unknown });
  } catch {
    return failure("status.compressedNodes", "must be JSON, compressed with gzip and encoded as base64");
  }
}

function hasNodes({ nodes }: JsonObject): boolean {
  return isJsonObject(nodes) && Object.keys(nodes).length > 0;
}

function sizeOf(workflow: KubeObject, status: WorkflowStatus): number {
  return Buffer.byteLength(JSON.stringify({ ...workflow, status }));
}
