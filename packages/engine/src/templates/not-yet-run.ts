import { templateBodies } from "@outrigger/types";
import type { TemplateRunner } from "./invocation.ts";
import { failNode } from "./nodes.ts";

/** For kinds of template that this version cannot run. Validation refuses them before anything starts; a spec can change later. */
export const notYetRun: TemplateRunner = (run, { invocation, template, place }) =>
  failNode(
    run,
    invocation,
    `${place} is a ${templateBodies(template)[0] ?? ""} template, which this version does not run`,
  );

export const withoutBody: TemplateRunner = (run, { invocation, place }) =>
  failNode(run, invocation, `${place} says nothing about what to run`);
