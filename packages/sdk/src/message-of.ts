/** What to show of something that a plugin threw. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === "" ? "the plugin failed without a message" : message;
}
