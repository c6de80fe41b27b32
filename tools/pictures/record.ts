// What commands show on a terminal, recorded as they run. Needs `script` of util-linux.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import xterm from "@xterm/headless";
import { screenSvg } from "./screen-svg.ts";

const root = dirname(dirname(import.meta.dirname));
const COLUMNS = 96;
const ROWS = 40;

export interface Picture {
  readonly command: string;
  readonly title: string;
}

/** The pictures of the documents. */
export const PICTURES: Readonly<Record<string, Picture>> = {
  "run-dag": {
    command: "npx outrigger run examples/dag.yaml",
    title: "outrigger run: the tree of nodes of a DAG, as it ended",
  },
  "test-hello": {
    command: "npx outrigger test plugins/hello",
    title: "outrigger test: the cases of the protocol, held to the hello plugin",
  },
};

/** The screen after a command has ended, on a terminal of its own. */
async function screenAfter(command: string): Promise<InstanceType<typeof xterm.Terminal>> {
  const env = { ...process.env, TERM: "xterm-256color", FORCE_COLOR: "1" };
  const sized = `stty cols ${COLUMNS} rows ${ROWS}; ${command}`;
  const { stdout, status } = spawnSync("script", ["-qec", sized, "/dev/null"], { cwd: root, env });
  if (status !== 0) throw new Error(`${command} has failed: ${stdout.toString()}`);
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  // Names that differ with each run would make another picture of the same.
  const text = stdout.toString().replaceAll(/(dag|hello)-[a-z0-9]{5}(?![a-z0-9])/g, "$1-x7k2p");
  await new Promise<void>((resolve) => terminal.write(`\u001B[1m$ ${command}\u001B[0m\r\n${text}`, resolve));
  return terminal;
}

export async function record({ command, title }: Picture): Promise<string> {
  return screenSvg(await screenAfter(command), title);
}
