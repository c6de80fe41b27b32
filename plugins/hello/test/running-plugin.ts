import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

export const TOKEN = "test-token";

export interface RunningPlugin {
  /** Calls `template.execute`. */
  call(template: object): Promise<unknown>;
  /** What it has logged. */
  readonly log: readonly string[];
}

/** Starts `node <args>` as the plugin's container would be, on a free port, until the test ends. */
export async function startPlugin(args: readonly string[], env: Record<string, string> = {}): Promise<RunningPlugin> {
  const plugin = spawn(process.execPath, args, {
    env: { OUTRIGGER_PORT: "0", OUTRIGGER_TOKEN_PATH: `${import.meta.dirname}/token`, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    if (plugin.exitCode !== null) return;
    plugin.kill("SIGTERM");
    await once(plugin, "exit");
  });
  const log: string[] = [];
  const lines = createInterface(plugin.stdout).on("line", (line) => log.push(line));
  const [line] = (await once(lines, "line")) as [string];
  const { port } = JSON.parse(line) as { port: number };
  const call = async (template: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/template.execute`, {
      method: "POST",
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
      body: JSON.stringify({ workflow: { metadata: { name: "wf" } }, template }),
    });
    return response.json();
  };
  return { call, log };
}
