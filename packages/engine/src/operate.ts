import type { Workflow } from "@outrigger/types";
import type { Change } from "./changes.ts";
import type { World } from "./world.ts";

/** Decides what happens next with a Workflow. Pure. */
export function operate(workflow: Workflow, world: World): readonly Change[] {
  void workflow;
  void world;
  return [];
}
