import { formatIssues, workflowSpecParser } from "@outrigger/types";
import { parse } from "yaml";
import type { Command } from "../environment.ts";

/** workflow-template SCOPE/NAME: someone creates or changes a WorkflowTemplate (`namespaced/…`) or ClusterWorkflowTemplate (`cluster/…`). */
export const workflowTemplate: Command = ({ workflowTemplates }, [scope = ""], input) => {
  const parsed = workflowSpecParser(parse(input), "spec");
  workflowTemplates.set(scope, parsed.ok ? parsed : { ok: false, message: formatIssues(parsed.issues) });
  return "";
};
