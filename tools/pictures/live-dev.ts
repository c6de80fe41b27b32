// `outrigger dev` on a terminal, with a workflow submitted from another one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import xterm from "@xterm/headless";
import { screenSvg } from "./screen-svg.ts";

const root = dirname(dirname(import.meta.dirname));
const COLUMNS = 96;
const ROWS = 30;

/** How it looks once the workflow has ended. Times differ from run to run, so no test compares it. */
export async function recordDev(workflow: string): Promise<string> {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const env = { ...process.env, TERM: "xterm-256color" };
  const command = `stty cols ${COLUMNS} rows ${ROWS}; npx outrigger dev --plugin plugins/hello`;
  const dev = spawn("script", ["-qefc", command, "/dev/null"], { cwd: root, env, stdio: ["pipe", "pipe", "inherit"] });
  const shown = Promise.withResolvers<string>();
  let text = "";
  dev.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    terminal.write(chunk);
    const kubeconfig = /KUBECONFIG=(\S+)[^]*ready/.exec(text)?.[1];
    if (kubeconfig !== undefined) shown.resolve(kubeconfig);
  });
  await submit(workflow, await shown.promise);
  await new Promise<void>((resolve) => terminal.write("", resolve)); // all that was written is drawn
  const picture = screenSvg(terminal, "outrigger dev: calls of plugins, their logs, and the tree of a workflow, live");
  dev.stdin.write("\u0003");
  await once(dev, "exit");
  return picture;
}

async function submit(workflow: string, kubeconfig: string): Promise<void> {
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const child = spawn("npx", ["outrigger", "submit", workflow, "--wait"], { cwd: root, env, stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`outrigger submit ${workflow} has ended with ${code}`);
}
