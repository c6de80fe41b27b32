import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { Program } from "./programs.ts";
import { startStubApi } from "./stub-api.ts";

const READY = /"msg":"(?:Agent has started|Controller started|Plugin is listening)"/;
const TOKEN_PATH = "/tmp/token";

/** Starts a program, waits until it says that it is ready, stops it, and answers how long the start took. */
export async function startProgram(program: Program, env: Readonly<Record<string, string>> = {}): Promise<number> {
  const kubeconfig = await startStubApi();
  writeFileSync(TOKEN_PATH, "token");
  const [file = "", ...args] = program.command;
  const startedAt = performance.now();
  const child = spawn(file, args, {
    env: { ...process.env, KUBECONFIG: kubeconfig, OUTRIGGER_TOKEN_PATH: TOKEN_PATH, ...program.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let said = "";
  let readyMs: number | undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (readyMs !== undefined || !READY.test(said)) return;
    readyMs = performance.now() - startedAt;
    child.kill("SIGTERM");
  });
  await exited;
  if (readyMs === undefined)
    throw new Error(`${program.command.join(" ")} ended before it was ready; it said:\n${said}`);
  return Math.round(readyMs);
}
