import { existsSync, readFileSync, readdirSync } from "node:fs";

/** Command lines of processes whose environment or arguments mention `mark`; Linux only, empty elsewhere. */
export function processesMentioning(mark: string): readonly string[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const commandLine = read(`/proc/${pid}/cmdline`);
      const found = commandLine.includes(mark) || read(`/proc/${pid}/environ`).includes(mark);
      return found ? [commandLine.replaceAll("\0", " ")] : [];
    });
}

/** Mounts of this machine whose source or target mentions `mark`. */
export function mountsMentioning(mark: string): readonly string[] {
  return read("/proc/self/mountinfo")
    .split("\n")
    .filter((line) => line.includes(mark));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // the process has ended meanwhile, or is not ours to look at
  }
}
