import { templateBodies } from "@outrigger/types";
import type { Template, TemplateBody } from "@outrigger/types";
import { runDag } from "./dag.ts";
import type { TemplateRunner } from "./invocation.ts";
import { notYetRun, withoutBody } from "./not-yet-run.ts";
import { runHttp, runPlugin } from "./agent-task.ts";
import { runSteps } from "./steps.ts";
import { runSuspend } from "./suspend.ts";

// A new kind of template does not compile until it has a row here.
const RUNNERS: Readonly<Record<TemplateBody, TemplateRunner>> = {
  plugin: runPlugin,
  http: runHttp,
  steps: runSteps,
  dag: runDag,
  suspend: runSuspend,
  container: notYetRun,
  containerSet: notYetRun,
  script: notYetRun,
  resource: notYetRun,
  data: notYetRun,
};

/** The kinds of template that this version runs. */
export const RUNNABLE_BODIES: readonly TemplateBody[] = (Object.keys(RUNNERS) as TemplateBody[]).filter(
  (body) => RUNNERS[body] !== notYetRun,
);

export function runnerFor(template: Template): TemplateRunner {
  const [body] = templateBodies(template);
  return body === undefined ? withoutBody : RUNNERS[body];
}
