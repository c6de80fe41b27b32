import type { RequestTemplate } from "@outrigger/types";

/** A plugin that runs, as the cases reach it. */
export interface PluginSubject {
  /** What to dial, without a path: `http://127.0.0.1:4355` */
  readonly url: string;
  /** What it expects as bearer token; undefined if nobody has said. */
  readonly token: string | undefined;
  /** A template that is its own: what it gets to do, again and again. */
  readonly template: RequestTemplate;
  /** Where its manifest has it asked whether it is well. */
  readonly healthPath?: string | undefined;
  /** How long one call may take. */
  readonly callTimeoutMs: number;
  /** SIGTERM; resolves with false if it had to be killed. Without it, somebody else runs the plugin. */
  readonly stop?: (() => Promise<boolean>) | undefined;
}
