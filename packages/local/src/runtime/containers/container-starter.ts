// Turns a container's spec into something that runs: environment, mounts, program, ports, in this order; each step may find that
// it cannot.
import { ENV_TOKEN_PATH, TOKEN_PATH, formatIssues } from "@outrigger/types";
import type { KubeObject, Result } from "@outrigger/types";
import { dirname, join } from "node:path";
import { CannotStart } from "../cannot-start.ts";
import { commandLine, findProgram } from "../command.ts";
import { hostEnvironment, movablePort, resolveEnvironment, withPort } from "../env.ts";
import type { Environment } from "../env.ts";
import { fileKind, isProgram } from "../host-files.ts";
import type { PodLogs } from "../logs/log-store.ts";
import type { ResolvedRuntimeOptions } from "../options.ts";
import type { PodFacts } from "../pod-fields.ts";
import { isListening, podAddress } from "../ports.ts";
import type { PodPorts } from "../ports.ts";
import type { PortLocks } from "../port-locks.ts";
import type { ObjectLookup } from "../referenced-objects.ts";
import type { Mount } from "../sandbox/mount-plan.ts";
import { prepareSandbox, seenThrough } from "../sandbox/prepare-sandbox.ts";
import type { Isolation } from "../sandbox/sandbox.ts";
import type { ContainerSpec } from "../spec/pod-spec.ts";
import type { PodVolumes } from "../volumes/pod-volumes.ts";
import { ENV_RUNTIME_ID } from "../watchdog.ts";
import type { Watchdog } from "../watchdog.ts";
import { startChildProcess } from "./child-process.ts";
import { startInProcess } from "./in-process.ts";
import type { InProcessMain } from "./in-process.ts";
import type { OutputPipes } from "./output-pipes.ts";
import type { RunningContainer } from "./running-container.ts";

/** What all pods share. */
export interface RuntimeServices {
  readonly options: ResolvedRuntimeOptions;
  readonly isolation: Isolation;
  readonly watchdog: Watchdog;
  readonly pipes: OutputPipes;
  readonly portLocks: PortLocks;
  /** A number that was not given before. */
  nextNumber(): number;
}

/** The pod that a container belongs to, as it is at the moment. */
export interface PodContext {
  readonly pod: KubeObject;
  readonly facts: PodFacts;
  readonly lookup: ObjectLookup;
  readonly volumes: PodVolumes;
  readonly logs: PodLogs;
  readonly ports: PodPorts;
}

/** All that is known before it runs; `start` does nothing but start. */
export interface ReadyContainer {
  start(): RunningContainer;
}

interface Prepared {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly env: Environment;
  readonly mounts: readonly Mount[];
}

/** Throws CannotStart. */
export async function readyContainer(
  declared: ContainerSpec,
  pod: PodContext,
  services: RuntimeServices,
): Promise<ReadyContainer> {
  await pod.volumes.prepare();
  const spec = asLocal(declared, pod, services.options);
  const env = needed(resolveEnvironment(spec, environmentContext(pod, services)), "CreateContainerConfigError");
  const mounts = pod.volumes.mountsOf(spec, env);
  const prepared = { id: `outrigger://${services.options.runtimeId}.${services.nextNumber()}`, spec, env, mounts };
  const main = services.options.inProcess.get(spec.image);
  if (main !== undefined) return { start: () => startFunction(main, prepared, pod) };
  const program = locateProgram(prepared, services);
  await requireFreePorts(declared, pod, services.portLocks);
  return { start: () => startProgram(program, prepared, { pod, services }) };
}

function needed<T>(
  result: Result<T>,
  reason: string,
  retryInMs: CannotStart["retryInMs"] = "when something changes",
): T {
  if (result.ok) return result.value;
  throw new CannotStart(reason, formatIssues(result.issues), retryInMs);
}

/** The container with what only this machine knows: its moved port, and the command in place of its image's entrypoint. */
function asLocal(declared: ContainerSpec, { pod, ports }: PodContext, options: ResolvedRuntimeOptions): ContainerSpec {
  const moved = ports.moved.get(movablePort(declared) ?? 0);
  const spec = moved === undefined ? declared : withPort(declared, moved);
  const local = spec.command.length === 0 ? options.localCommand(pod, spec.name) : undefined;
  return local === undefined ? spec : { ...local, ...spec, command: local.command };
}

function environmentContext(
  { facts, lookup }: PodContext,
  { options }: RuntimeServices,
): Parameters<typeof resolveEnvironment>[1] {
  const { host, port } = options.kubernetesService;
  const base = {
    ...hostEnvironment(options.hostEnv),
    HOSTNAME: facts.metadata.name ?? "",
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: String(port),
    KUBERNETES_SERVICE_PORT_HTTPS: String(port),
  };
  return { facts, lookup, base };
}

interface Program {
  readonly argv: readonly [string, ...string[]];
  readonly workingDir: string;
}

function locateProgram({ spec, env, mounts }: Prepared, { options, isolation }: RuntimeServices): Program {
  const onHost = (path: string): string => seenThrough(mounts, path) ?? path;
  // Without namespaces the program works with the paths of the host.
  const shown = isolation.kind === "none" ? onHost : (path: string): string => path;
  const [program, ...args] = needed(commandLine(spec, env), "CreateContainerError");
  const workingDir = spec.workingDir ?? "/";
  if (fileKind(onHost(workingDir)) !== "folder") {
    throw new CannotStart(
      "CreateContainerError",
      `workingDir ${workingDir} is not a folder on this machine`,
      "backoff",
    );
  }
  const machine = { isExecutable: (path: string) => isProgram(onHost(path)), nodePath: options.machine.nodePath };
  const path = needed(findProgram(program, { env, workingDir, machine }), "CreateContainerError", "backoff");
  return { argv: [shown(path), ...args], workingDir: shown(workingDir) };
}

/** How often a port is tried that a program outside of the cluster holds: nothing tells when it lets go. */
const PORT_RETRY_MS = 1_000;

async function requireFreePorts(
  { name, ports }: ContainerSpec,
  { ports: { moved } }: PodContext,
  locks: PortLocks,
): Promise<void> {
  for (const port of ports) {
    if (moved.has(port)) continue;
    if ((await locks.acquire(port)) && !(await isListening(port))) continue;
    const message =
      `port ${port} of container ${name} is in use by another program on this machine, which is no pod of this cluster: ` +
      `stop that program or give the container another port`;
    throw new CannotStart("PortInUse", message, PORT_RETRY_MS);
  }
}

function startFunction(
  main: InProcessMain,
  { id, spec, env, mounts }: Prepared,
  context: PodContext,
): RunningContainer {
  return startInProcess({
    id,
    main,
    logFile: context.logs.newRun(spec.name),
    pod: context.pod,
    container: spec.name,
    args: spec.args,
    env,
    path: (mountedAt) => seenThrough(mounts, mountedAt),
    address: (url) => podAddress(url, context.ports),
  });
}

function startProgram(
  { argv, workingDir }: Program,
  { id, spec, env, mounts }: Prepared,
  { pod, services }: { readonly pod: PodContext; readonly services: RuntimeServices },
): RunningContainer {
  const { isolation, watchdog, pipes, options } = services;
  const log = pod.logs.newRun(spec.name);
  const number = services.nextNumber();
  const sandbox = prepareSandbox({
    isolation,
    argv,
    workingDir,
    mounts,
    folder: join(options.folder, "sandboxes", `${number}`),
  });
  const sweepId = `${options.runtimeId}.${number}.`;
  const substitutes = isolation.kind === "none" ? substituteEnv(mounts, sweepId) : {};
  if (isolation.kind === "none") noteHiddenMounts(mounts, isolation.why, (text) => log.note(text));
  return startChildProcess({
    id,
    command: sandbox.command,
    env: { ...substitutes, ...env },
    log,
    pipes,
    watchdog,
    cleanUp: () => {
      if (isolation.kind === "none") watchdog.sweep(sweepId);
      sandbox.remove();
    },
  });
}

/** Where nothing can be mounted, plugins find their token through a variable. */
function substituteEnv(mounts: readonly Mount[], sweepId: string): Environment {
  const token = seenThrough(mounts, TOKEN_PATH);
  return { [ENV_RUNTIME_ID]: sweepId, ...(token === undefined ? {} : { [ENV_TOKEN_PATH]: token }) };
}

function noteHiddenMounts(mounts: readonly Mount[], why: string, note: (text: string) => void): void {
  const hidden = mounts.filter((mount) => mount.path !== dirname(TOKEN_PATH));
  if (hidden.length === 0) return;
  const list = hidden.map(({ path, source }) => `${path} (its files: ${source})`).join(", ");
  note(`not mounted, since ${why}: ${list}`);
}
