import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { askKeys, conforms, jsonReport, junitReport, testPlugin, textReport } from "@outrigger/conformance";
import type { CaseResult, PluginSubject } from "@outrigger/conformance";
import type { RequestTemplate } from "@outrigger/types";
import { isJsonObject } from "@outrigger/types";
import { EXIT_CODES } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { shown } from "../files.ts";
import { readPluginFolder } from "../plugin/folder.ts";
import type { PluginFolder } from "../plugin/folder.ts";
import { startFolder } from "../plugin/running-folder.ts";
import { readNeeded, readTemplate } from "../plugin/test-input.ts";
import type { ProgramContext } from "../program-context.ts";
import type { Terminal } from "../terminal.ts";
import { UserError } from "../user-error.ts";

export interface TestOptions {
  /** The address of a running plugin, or the folder of one that is to be started. */
  readonly target: string;
  readonly tokenFile: string | undefined;
  /** What to have it do; undefined: its key, with nothing below. */
  readonly input: string | undefined;
  /** Files with the Secrets and ConfigMaps that the plugin of a folder needs. */
  readonly needs: readonly string[];
  readonly output: "text" | "json" | "junit";
  readonly verbose: boolean;
}

type Reached = Omit<PluginSubject, "template"> & { readonly ownName?: string };

const CALL_TIMEOUT_MS = 30_000;

/** Holds a plugin to the contract. */
export async function test(options: TestOptions, context: ProgramContext): Promise<ExitCode> {
  const results = await resultsOf(options, context).catch((error: unknown) => {
    if (context.signal.aborted) return [];
    throw error;
  });
  if (context.signal.aborted) return EXIT_CODES.interrupted;
  context.terminal.out(report(results, options, context.terminal));
  return conforms(results) ? EXIT_CODES.success : EXIT_CODES.failed;
}

async function resultsOf(options: TestOptions, context: ProgramContext): Promise<readonly CaseResult[]> {
  const { signal } = context;
  const given = options.input === undefined ? undefined : await readTemplate(options.input);
  return withPlugin(options, context, async (plugin) =>
    testPlugin({ ...plugin, template: given ?? (await ownTemplate(plugin, signal)) }, { signal }),
  );
}

async function withPlugin<T>(
  { target, tokenFile, needs }: TestOptions,
  { env, signal, terminal }: ProgramContext,
  use: (plugin: Reached) => Promise<T>,
): Promise<T> {
  if (/^https?:\/\//.test(target)) {
    const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
    return use({ url: target.replace(/\/+$/, ""), token, callTimeoutMs: CALL_TIMEOUT_MS });
  }
  if (tokenFile !== undefined)
    throw new UserError("--token-file is for a plugin that runs: that of a folder gets a token of its own");
  const folder = await readPluginFolder(resolve(target));
  const note = (text: string): void => terminal.err(`${text}\n`);
  const { url, token, stop, end } = await startFolder(folder, {
    hostEnv: env,
    needed: await readNeeded(needs),
    signal,
    note,
  });
  try {
    const ownName = folder.plugin.metadata.name;
    return await use({ url, token, stop, callTimeoutMs: CALL_TIMEOUT_MS, ownName, healthPath: healthPath(folder) });
  } finally {
    await end();
  }
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trimEnd();
  } catch (error) {
    throw new UserError(`${shown(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function ownTemplate(plugin: Reached, signal: AbortSignal): Promise<RequestTemplate> {
  const [key = plugin.ownName] = await askKeys(plugin, signal);
  if (key === undefined) {
    throw new UserError(
      `${plugin.url} does not say which key is its own (plugin.info): name it with --input, a file such as {"hello": {}}`,
    );
  }
  return { name: "main", inputs: {}, outputs: {}, metadata: {}, plugin: { [key]: {} } };
}

/** Where the plugin's manifest has the kubelet ask. */
function healthPath({ plugin }: PluginFolder): string | undefined {
  const { livenessProbe, readinessProbe } = plugin.spec.sidecar.container;
  const paths = [livenessProbe, readinessProbe].map((probe) =>
    isJsonObject(probe?.["httpGet"]) ? probe["httpGet"]["path"] : undefined,
  );
  return paths.find((path) => typeof path === "string");
}

function report(
  results: readonly CaseResult[],
  { target, output, verbose }: TestOptions,
  { palette }: Terminal,
): string {
  const paints = { passed: palette.green, failed: palette.red, skipped: palette.dim };
  const reports: Readonly<Record<typeof output, () => string>> = {
    text: () => textReport(results, { verbose, paint: (kind, text) => paints[kind](text) }),
    json: () => jsonReport(target, results),
    junit: () => junitReport(target, results),
  };
  return reports[output]();
}
