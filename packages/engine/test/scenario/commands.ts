import { advance } from "./commands/advance.ts";
import { answer } from "./commands/answer.ts";
import { configMap } from "./commands/config-map.ts";
import { configure } from "./commands/configure.ts";
import { deleteWorkflow } from "./commands/delete.ts";
import { edit } from "./commands/edit.ts";
import { plugins } from "./commands/plugins.ts";
import { pod } from "./commands/pod.ts";
import { problem } from "./commands/problem.ts";
import { reconcile } from "./commands/reconcile.ts";
import { resume } from "./commands/resume.ts";
import { retry } from "./commands/retry.ts";
import { secret } from "./commands/secret.ts";
import { rights } from "./commands/rights.ts";
import { settle } from "./commands/settle.ts";
import { show } from "./commands/show.ts";
import { submit } from "./commands/submit.ts";
import { tasks } from "./commands/tasks.ts";
import { tree } from "./commands/tree.ts";
import { workflowTemplate } from "./commands/workflow-template.ts";
import type { Command } from "./environment.ts";

/** The commands that transcripts may use. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  advance,
  answer,
  "config-map": configMap,
  configure,
  delete: deleteWorkflow,
  edit,
  plugins,
  pod,
  problem,
  reconcile,
  resume,
  rights,
  retry,
  secret,
  settle,
  show,
  submit,
  tasks,
  tree,
  "workflow-template": workflowTemplate,
};
