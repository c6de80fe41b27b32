import { map, object, record } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import { formatIssues, ok } from "./parse/result.ts";
import type { NodeId } from "./ids.ts";
import { LABEL_COMPLETED } from "./labels.ts";
import { objectMetaParser } from "./meta.ts";
import type { ObjectMeta } from "./meta.ts";
import { nodeResultParser } from "./node-result.ts";
import type { NodeResult } from "./node-result.ts";
import { templateParser } from "./template.ts";
import type { Template } from "./template.ts";

/**
 * The log between controller and agent: tasks announced by the one (`spec`), answered by the other (`status`, a subresource).
 * Same name and namespace as its Workflow.
 */
export interface WorkflowTaskSet {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec: { readonly tasks: Readonly<Record<NodeId, Template>> };
  readonly status: { readonly nodes: Readonly<Record<NodeId, NodeResult>> };
}

// An answer that cannot be read ends its own node, and no other.
const lenientResultParser: Parser<NodeResult> = (value, path) => {
  const parsed = nodeResultParser(value, path);
  if (parsed.ok) return parsed;
  return ok({
    phase: "Error",
    message: `the agent reported something that cannot be read: ${formatIssues(parsed.issues)}`,
  });
};

interface WireTaskSet {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly tasks?: Readonly<Record<string, Template>> };
  readonly status?: { readonly nodes?: Readonly<Record<string, NodeResult>> };
}

const wireParser: Parser<WireTaskSet> = object<WireTaskSet>(
  {
    metadata: objectMetaParser,
    spec: object<{ tasks?: Readonly<Record<string, Template>> }>({ tasks: record(templateParser) }),
    status: object<{ nodes?: Readonly<Record<string, NodeResult>> }>({ nodes: record(lenientResultParser) }),
  },
  { required: ["metadata"] },
);

export const taskSetParser: Parser<WorkflowTaskSet> = map(wireParser, (wire) => ({
  ...wire,
  spec: { ...wire.spec, tasks: wire.spec?.tasks ?? {} },
  status: { ...wire.status, nodes: wire.status?.nodes ?? {} },
}));

/** The controller has said that no more tasks come: an agent ends. */
export function isCompleted(metadata: ObjectMeta): boolean {
  return metadata.labels?.[LABEL_COMPLETED] === "true";
}
