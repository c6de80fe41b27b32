import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, works } from "../command.ts";

/** dist/node: the Linux binary of Node that the lock file pins, for this machine's architecture, without its symbols where there is `strip`. */
export function prepareNode(root: string): void {
  const target = join(root, "dist/node");
  const name = `node-linux-${process.arch}`;
  const installed = join(root, "node_modules", name, "bin/node");
  if (existsSync(installed)) copyFileSync(installed, target);
  else download(name, target, root);
  chmodSync(target, 0o755);
  if (works(["strip", "--version"])) run(["strip", target]);
}

/** npm leaves it out on other systems than Linux. */
function download(name: string, target: string, root: string): void {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const folder = mkdtempSync(join(tmpdir(), "outrigger-node-"));
  try {
    const packed = run(["npm", "pack", "--silent", `${name}@${manifest.optionalDependencies[name]}`], { cwd: folder });
    run(["tar", "-xzf", packed.trim(), "package/bin/node"], { cwd: folder });
    copyFileSync(join(folder, "package/bin/node"), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
