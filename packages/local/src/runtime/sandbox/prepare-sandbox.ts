import { join } from "node:path";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostFiles, prepareFile, readMountInfo } from "../host-files.ts";
import { planMounts } from "./mount-plan.ts";
import type { BindMount, Mount } from "./mount-plan.ts";
import { fstab, launchCommand } from "./sandbox.ts";
import type { Isolation } from "./sandbox.ts";

export interface SandboxInput {
  readonly isolation: Isolation;
  readonly argv: readonly string[];
  readonly workingDir: string;
  readonly mounts: readonly Mount[];
  /** Does not exist yet; for what the mounts need. */
  readonly folder: string;
}

export interface PreparedSandbox {
  readonly command: readonly [string, ...string[]];
  remove(): void;
}

/** Puts down what the launcher reads, and says how to call it. */
export function prepareSandbox(input: SandboxInput): PreparedSandbox {
  const { isolation, argv, workingDir, mounts, folder } = input;
  if (isolation.kind === "none" || mounts.length === 0) {
    return { command: launchCommand(isolation, { argv, workingDir }), remove: () => undefined };
  }
  mkdirSync(folder, { recursive: true });
  const plan = planMounts(mounts, folder, hostFiles);
  for (const preparation of plan.prepare) prepareFile(preparation);
  const mountInfo = readMountInfo();
  const table = (name: string, entries: readonly BindMount[]): string => {
    const path = join(folder, name);
    writeFileSync(path, fstab(entries, mountInfo));
    return path;
  };
  const command = launchCommand(isolation, {
    argv,
    workingDir,
    ...(plan.surroundings.length === 0 ? {} : { surroundings: table("surroundings", plan.surroundings) }),
    mounts: table("mounts", plan.mounts),
    ...(plan.newRoot === undefined ? {} : { newRoot: plan.newRoot }),
  });
  const remove = (): void => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // It goes with the runtime's folder.
    }
  };
  return { command, remove };
}

/** Where the file is that a container with these mounts sees at `path`; undefined if it is none of the mounted ones. */
export function seenThrough(mounts: readonly Mount[], path: string): string | undefined {
  const within = mounts
    .filter((mount) => path === mount.path || path.startsWith(`${mount.path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
  return within === undefined ? undefined : join(within.source, path.slice(within.path.length));
}
