/**
 * What goes wrong with one call of a step.
 *
 * - `timeout`: there is no answer in time. The agent closes the connection while the plugin is at work, and tries again.
 * - `drop`: the plugin does its work, and its answer is lost. The agent tries again.
 * - `unavailable`: something before the plugin answers 503; the plugin sees nothing. The agent tries again.
 * - `duplicate`: the request arrives twice, at the same time. The agent goes by the first answer.
 * - `restart`: the agent dies while the plugin is at work, and another one goes on where it has left off.
 * - `cancel`: the Workflow is stopped while the plugin is at work.
 * - `cancelAfter`: the Workflow is stopped once the call is answered, while the step waits for its next poll.
 */
export type Fault = "timeout" | "drop" | "unavailable" | "duplicate" | "restart" | "cancel" | "cancelAfter";
