import { WORKFLOWS } from "@outrigger/kube";
import type { KubeClient, ObjectRef } from "@outrigger/kube";
import { LABEL_INSTANCE_ID, isFulfilled } from "@outrigger/types";
import type { KubeObject } from "@outrigger/types";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { statusOf } from "../follow-workflows.ts";
import { formatObjects, resourceName } from "../print/objects.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import type { ProgramContext } from "../program-context.ts";
import { createLiveView, createQuietView } from "../render/live-view.ts";
import { exitCodeOf, showWorkflows } from "../show-workflows.ts";
import { agentPodsOf } from "./agent-pods.ts";
import type { Cluster } from "./connect.ts";
import { refOf } from "./find-workflows.ts";
import { streamLogs } from "./stream-logs.ts";

/** How Workflows are waited for. */
export interface Awaiting {
  /** With a live picture. */
  readonly watch: boolean;
  /** With their logs. */
  readonly log: boolean;
  readonly output: "text" | ObjectFormat;
  /** How long, at most. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Waits for Workflows to end, as asked for, and shows how they have ended. They belong to the cluster: who stops waiting leaves them to
 * it, and is told how to come back.
 */
export async function awaitWorkflows(
  cluster: Cluster,
  refs: readonly ObjectRef[],
  awaiting: Awaiting,
  context: ProgramContext,
): Promise<ExitCode> {
  const { timeoutMs } = awaiting;
  const timeout = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)];
  const signal = AbortSignal.any([context.signal, ...timeout]);
  const ended = await follow(cluster, refs, awaiting, { ...context, signal });
  for (const { name } of refs) {
    if (!ended.some(({ metadata }) => metadata.name === name)) context.terminal.err(`${name} was deleted\n`);
  }
  const open = ended.filter((workflow) => !isFulfilled(statusOf(workflow).phase));
  tell(ended, open, awaiting, context);
  if (open.length > 0 && !context.signal.aborted) context.terminal.err("not ended in time (--timeout)\n");
  for (const workflow of open) sayThatItGoesOn(workflow, context);
  if (context.signal.aborted) return EXIT_CODES.interrupted;
  return exitCodeOf(ended, refs.length);
}

async function follow(
  { client }: Cluster,
  refs: readonly ObjectRef[],
  { watch, log }: Awaiting,
  { terminal, signal }: ProgramContext,
): Promise<readonly KubeObject[]> {
  const over = new AbortController();
  const view = watch ? createLiveView(terminal) : createQuietView(terminal);
  const print = (line: string): void => view.print(line);
  const logs = log
    ? refs.map((ref) => {
        const which = { pods: agentPodsOf(ref), isWanted: () => true };
        return streamLogs(client, { ...which, print, signal, over: over.signal, palette: terminal.palette });
      })
    : [];
  const impatience = setTimeout(
    () => void tellOfUnseen(client, refs, terminal.screen === undefined ? terminal.err : print),
    UNSEEN_MS,
  );
  try {
    return await showWorkflows({ client, refs, signal }, view);
  } finally {
    clearTimeout(impatience);
    over.abort();
    await Promise.all(logs);
  }
}

// A controller that works has looked at a Workflow long before.
const UNSEEN_MS = 10_000;

async function tellOfUnseen(
  client: KubeClient,
  refs: readonly ObjectRef[],
  print: (text: string) => void,
): Promise<void> {
  const workflows = await Promise.all(refs.map((ref) => client.get(WORKFLOWS, ref).catch(() => undefined)));
  for (const workflow of workflows) if (workflow !== undefined) print(unseenNote(workflow));
}

/** What to say of a Workflow that nobody has looked at for a while; nothing, if somebody has. */
export function unseenNote(workflow: KubeObject): string {
  if (statusOf(workflow).phase !== undefined) return "";
  const { labels = {} } = workflow.metadata;
  const id = labels[LABEL_INSTANCE_ID];
  const hint = id === undefined ? "" : ` --instance-id ${id}`;
  return `no controller has looked at ${refOf(workflow).name} for ${UNSEEN_MS / 1_000}s: outrigger doctor${hint} tells why\n`;
}

function tell(
  workflows: readonly KubeObject[],
  open: readonly KubeObject[],
  { watch, output }: Awaiting,
  { terminal }: ProgramContext,
): void {
  if (output !== "text") return terminal.out(formatObjects(workflows, output));
  if (watch) return; // the picture says it
  for (const workflow of workflows.filter((each) => !open.includes(each))) {
    const { phase = "", message = "" } = statusOf(workflow);
    terminal.out(`${[resourceName(workflow), phase, message].join(" ").trimEnd()}\n`);
  }
}

/** For whoever stops to wait. */
export function sayThatItGoesOn(workflow: KubeObject, { terminal }: Pick<ProgramContext, "terminal">): void {
  const { name, namespace = "" } = refOf(workflow);
  terminal.err(`${name} goes on in the cluster: outrigger watch ${name} -n ${namespace}\n`);
}
