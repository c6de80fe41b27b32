import { PODS, WORKFLOW_TASK_SETS, hasReason, listAll } from "@outrigger/kube";
import type { ObjectRef } from "@outrigger/kube";
import { AGENT_SHARED, LABEL_AGENT, isFulfilled } from "@outrigger/types";
import type { KubeObject, NodeStatus } from "@outrigger/types";
import { agentPodsOf, isAskedFor, readPod, speakingContainers } from "../cluster/agent-pods.ts";
import { sayThatItGoesOn } from "../cluster/await-workflows.ts";
import { withCluster } from "../cluster/connect.ts";
import type { Cluster, ClusterFlags } from "../cluster/connect.ts";
import { findWorkflow, refOf } from "../cluster/find-workflows.ts";
import { shownLines } from "../cluster/log-lines.ts";
import type { LogChoice } from "../cluster/log-lines.ts";
import { streamLogs } from "../cluster/stream-logs.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { followWorkflows, statusOf } from "../follow-workflows.ts";
import type { ProgramContext } from "../program-context.ts";
import { UserError } from "../user-error.ts";

export interface LogsOptions extends Pick<LogChoice, "container" | "tailLines" | "raw"> {
  readonly cluster: ClusterFlags;
  readonly name: string;
  readonly follow: boolean;
  /** Only lines about this node. */
  readonly node: string | undefined;
}

/** Shows what plugins and agent of a Workflow's agent pod have said; with `follow`, what they say until it ends. */
export function logs(options: LogsOptions, context: ProgramContext): Promise<ExitCode> {
  return withCluster(options.cluster, context, async (cluster) => {
    const workflow = await findWorkflow(cluster, options.name);
    const { node, container, tailLines, raw = false } = options;
    const about = node === undefined ? undefined : idsOf(workflow, node);
    const choice: LogChoice = { container, tailLines, raw, about };
    const follows = options.follow && !isFulfilled(statusOf(workflow).phase);
    const count = follows
      ? await follow(refOf(workflow), choice, cluster, context)
      : await show(refOf(workflow), choice, cluster, context);
    if (context.signal.aborted) {
      sayThatItGoesOn(await findWorkflow(cluster, refOf(workflow).name), context);
      return EXIT_CODES.interrupted;
    }
    if (count > 0) return EXIT_CODES.success;
    await sayWhatIsLeft(workflow, cluster, context);
    return EXIT_CODES.failed;
  });
}

// Lines of the SDK and of the agent name the node that they are about.
function idsOf(workflow: KubeObject, wanted: string): readonly string[] {
  const nodes = Object.values(statusOf(workflow).nodes ?? {});
  const found = nodes.filter(({ id, name, displayName }) => [id, name, displayName].includes(wanted));
  if (found.length === 0) {
    const known = nodes.map(({ displayName }) => displayName).join(", ");
    throw new UserError(
      `--node ${wanted}: there is no such node; ${known === "" ? "there are none yet" : `there are ${known}`}`,
    );
  }
  const isWithin = ({ name }: NodeStatus): boolean =>
    found.some(
      (node) => name === node.name || (name.startsWith(node.name) && /^[.[(]/.test(name.slice(node.name.length))),
    );
  return nodes.filter(isWithin).map(({ id }) => id);
}

async function show(
  ref: ObjectRef,
  choice: LogChoice,
  { client }: Cluster,
  { terminal, signal }: ProgramContext,
): Promise<number> {
  const { namespace = "" } = ref;
  const { items } = await listAll(client, PODS, agentPodsOf(ref));
  const { tailLines } = choice;
  let count = 0;
  for (const pod of items.map(readPod)) {
    for (const container of speakingContainers(pod).filter((name) => isAskedFor(name, choice.container))) {
      const of = { namespace, name: pod.metadata.name ?? "" };
      const log = client.logs(of, { container, signal, ...(tailLines === undefined ? {} : { tailLines }) });
      for await (const line of shownLines(log, container, { ...choice, palette: terminal.palette })) terminal.out(line);
      count += 1;
    }
  }
  return count;
}

async function follow(
  ref: ObjectRef,
  choice: LogChoice,
  { client }: Cluster,
  { terminal, signal }: ProgramContext,
): Promise<number> {
  const over = new AbortController();
  const { palette, out } = terminal;
  const isWanted = (container: string): boolean => isAskedFor(container, choice.container);
  const which = { pods: agentPodsOf(ref), isWanted, ...choice };
  const streaming = streamLogs(client, { ...which, palette, print: out, over: over.signal, signal });
  try {
    await followWorkflows({ client, refs: [ref], onChange: () => {}, signal });
  } finally {
    over.abort();
  }
  return streaming;
}

async function sayWhatIsLeft(workflow: KubeObject, cluster: Cluster, { terminal }: ProgramContext): Promise<void> {
  const { phase, nodes = {} } = statusOf(workflow);
  const { name } = refOf(workflow);
  if (await isSharedAgents(refOf(workflow), cluster)) {
    return terminal.err(
      `${name} has no agent pod of its own: the shared agent runs its steps, see the logs of its Deployment\n`,
    );
  }
  terminal.err(
    isFulfilled(phase)
      ? `the agent pod of ${name} has gone: it stays for a while after the end (OUTRIGGER_AGENT_LINGER of the controller, 30s). What its steps said last:\n`
      : `no container of ${name}'s agent pod has said anything yet; -f waits for it. What its steps say:\n`,
  );
  const said = Object.values(nodes).filter(({ message = "" }) => message !== "");
  for (const node of said) terminal.err(`  ${node.displayName} ${node.phase} ${node.message ?? ""}\n`);
}

async function isSharedAgents(ref: ObjectRef, { client }: Cluster): Promise<boolean> {
  try {
    const { metadata } = await client.get(WORKFLOW_TASK_SETS, ref);
    return metadata.labels?.[LABEL_AGENT] === AGENT_SHARED;
  } catch (error) {
    if (hasReason(error, "NotFound", "Forbidden")) return false;
    throw error;
  }
}
