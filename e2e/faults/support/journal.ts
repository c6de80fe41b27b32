/** What happened, in the order in which it happened. */
export type JournalEvent =
  | {
      readonly kind: "called";
      readonly plugin: string;
      readonly nodeId: string;
      readonly attempt: number;
      readonly idempotencyKey: string;
      /** The plugin's state came with the call: it has answered before. */
      readonly isPoll: boolean;
    }
  /** An agent's write of results was applied by the API. */
  | { readonly kind: "saved"; readonly workflow: string; readonly nodeId: string; readonly phase: string };

export class Journal {
  readonly events: JournalEvent[] = [];

  add(event: JournalEvent): void {
    this.events.push(event);
  }

  of(nodeId: string): readonly JournalEvent[] {
    return this.events.filter((event) => event.nodeId === nodeId);
  }

  calls(nodeId?: string): readonly Extract<JournalEvent, { kind: "called" }>[] {
    return this.events
      .filter((event) => event.kind === "called")
      .filter((call) => (nodeId ?? call.nodeId) === call.nodeId);
  }
}

const FINAL: ReadonlySet<string> = new Set(["Succeeded", "Failed", "Error"]);

/**
 * Nodes whose plugin was called again although what it had answered was saved. What an agent saves of a call that was interrupted is no
 * answer of the plugin's: that call may still arrive.
 */
export function repeatedAfterSave({ events }: Journal): readonly string[] {
  const called = new Set<string>();
  const answered = new Set<string>();
  const repeated = new Set<string>();
  for (const event of events) {
    const { nodeId } = event;
    if (event.kind === "saved" && FINAL.has(event.phase) && called.has(nodeId)) answered.add(nodeId);
    if (event.kind !== "called") continue;
    if (answered.has(nodeId)) repeated.add(nodeId);
    called.add(nodeId);
  }
  return [...repeated];
}
