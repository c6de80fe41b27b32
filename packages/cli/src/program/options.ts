import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { parseGoDuration } from "@outrigger/types";
import type { Awaiting } from "../cluster/await-workflows.ts";
import type { ClusterFlags } from "../cluster/connect.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { ObjectFormat } from "../print/object-formats.ts";
import type { ProgramContext } from "../program-context.ts";

/** What the declarations of commands work with. */
export interface Setting {
  readonly context: ProgramContext;
  /** Says what the program exits with, if not with 0. */
  readonly exit: (code: ExitCode) => void;
}

/** Which cluster, and where in it: the same for all commands. */
export function withClusterOptions(command: Command): Command {
  return command
    .option("-n, --namespace <name>", "namespace (default: that of the context)")
    .option("--context <name>", "context of the kubeconfig (default: the current one)")
    .option("--kubeconfig <file>", "kubeconfig (default: KUBECONFIG, else ~/.kube/config)");
}

export function clusterFlags({ kubeconfig, context, namespace }: ClusterFlags): ClusterFlags {
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** `-o`: the first of the formats if it is left out. */
export function outputOption(formats: readonly string[]): Option {
  return new Option("-o, --output <format>", "what to print").choices(formats).default(formats[0]);
}

/** An option that may be given several times. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(append);
}

function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export const parameterOption = (): Option =>
  listOption("-p, --parameter <name=value>", "set an argument of the Workflow; may be given several times");

export function duration(text: string): number {
  const parsed = parseGoDuration(text);
  if (parsed === undefined || parsed <= 0) throw new InvalidArgumentError("It must be a duration such as 30s or 5m.");
  return parsed;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

export interface AwaitFlags {
  readonly wait?: boolean;
  readonly watch?: boolean;
  readonly log?: boolean;
  readonly timeout?: number;
}

/** How what was submitted is waited for. */
export function withAwaitOptions(command: Command): Command {
  return command
    .option("--wait", "wait for the end; the exit code tells it")
    .option("--watch", "the same, with a live picture")
    .option("--log", "the same, with the logs of plugins and agent")
    .addOption(new Option("--timeout <duration>", "how long to wait (default: for ever)").argParser(duration));
}

export function awaitingOf(
  { wait = false, watch = false, log = false, timeout }: AwaitFlags,
  output: "text" | ObjectFormat,
): Awaiting | undefined {
  if (!wait && !watch && !log && timeout === undefined) return undefined;
  return { watch, log, output, timeoutMs: timeout };
}
