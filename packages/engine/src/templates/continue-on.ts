import type { NodePhase, TemplateCall } from "@outrigger/types";

/** Whether what follows a call goes on although the call ended that way. */
export function continuesOn(call: Pick<TemplateCall, "continueOn"> | undefined, phase: NodePhase): boolean {
  if (phase === "Failed") return call?.continueOn?.failed ?? false;
  return phase === "Error" && (call?.continueOn?.error ?? false);
}
