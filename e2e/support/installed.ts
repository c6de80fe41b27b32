import { spawnSync } from "node:child_process";

/** Whether a program is installed, under one of its names. */
function isInstalled(names: readonly string[], argument: string): boolean {
  return names.some((name) => spawnSync(name, [argument]).status === 0);
}

export const hasPython = isInstalled(["python3", "python"], "--version");
export const hasGo = isInstalled(["go"], "version");
export const hasSocat = isInstalled(["socat"], "-V");
