import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { FileKind, HostEntry, HostFiles, Preparation } from "./sandbox/mount-plan.ts";

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function fileKind(path: string): FileKind | undefined {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}

export const hostFiles: HostFiles = {
  realPath(path) {
    try {
      return realpathSync(path);
    } catch {
      const parent = dirname(path);
      return parent === path ? path : join(hostFiles.realPath(parent), path.slice(parent.length));
    }
  },
  exists: (path) => fileKind(path) !== undefined,
  entries(folder) {
    try {
      return readdirSync(folder, { withFileTypes: true }).map((entry): HostEntry => {
        if (entry.isSymbolicLink())
          return { name: entry.name, kind: { linkTo: readlinkSync(join(folder, entry.name)) } };
        return { name: entry.name, kind: entry.isDirectory() ? "folder" : "file" };
      });
    } catch {
      // What we may not list, the container could not have read either.
      return [];
    }
  },
};

export function prepareFile(preparation: Preparation): void {
  if (preparation.make === "folder") mkdirSync(preparation.path, { recursive: true });
  else if (preparation.make === "link") symlinkSync(preparation.to, preparation.path);
  else {
    mkdirSync(dirname(preparation.path), { recursive: true });
    if (fileKind(preparation.path) === undefined) writeFileSync(preparation.path, "");
  }
}

/** Linux's own list of what is mounted where; empty where there is none. */
export function readMountInfo(): string {
  try {
    return readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return "";
  }
}
