// The command line that starts a container's program: within namespaces of its own where the kernel gives them, else plainly. Pure.
//
// The program is not process 1 of its namespace, a shell is: process 1 is deaf to SIGTERM unless it handles it, and most programs
// do not. When the program ends, so does the shell, and with it the kernel ends all that is left in the namespace.
import type { BindMount } from "./mount-plan.ts";

/** Absolute paths. */
export interface SandboxTools {
  readonly unshare: string;
  readonly mount: string;
  readonly umount: string;
  readonly pivotRoot: string;
}

export type Isolation =
  | {
      readonly kind: "namespaces";
      readonly tools: SandboxTools;
      /** What `unshare` is told: which namespaces, and how users map. */
      readonly flags: readonly string[];
      /** Goes before the program: gives it the user's own id back. */
      readonly wrapper: readonly string[];
    }
  | { readonly kind: "none"; readonly why: string };

export interface Launch {
  /** Program first, by its path. */
  readonly argv: readonly string[];
  readonly workingDir: string;
  /** Files that `fstab` made; left out where there is nothing to mount. */
  readonly surroundings?: string;
  readonly mounts?: string;
  readonly newRoot?: string;
}

export const SHELL = "/bin/sh";

/** Exit code of the shell when it cannot set the stage. Its error is in the container's log. */
const SETUP_FAILED = 125;

// Descriptor 3 is a line to us. Nothing happens before we say so: by then someone watches over the process; if we die first, it just
// ends. The launcher says when the program begins: until then there is nobody to hear a SIGTERM.
const AWAIT_GO = "read -r go <&3 || exit 1";
const BEGIN = 'echo >&3; exec "$@" 3>&-';

export function launchCommand(isolation: Isolation, launch: Launch): readonly [string, ...string[]] {
  if (isolation.kind === "none") {
    const enter = `cd ${quote(launch.workingDir)} || exit ${SETUP_FAILED}`;
    return [SHELL, "-c", [AWAIT_GO, enter, BEGIN].join("\n"), "sh", ...launch.argv];
  }
  const { tools, flags, wrapper } = isolation;
  const script = [
    AWAIT_GO,
    // The shell itself stays silent: it would comment on signals in the container's log.
    "exec 4>&2 2>/dev/null",
    ...setupSteps(tools, launch).map((step) => `{ ${step}; } 2>&4 || exit ${SETUP_FAILED}`),
    `(exec 2>&4 4>&-; ${BEGIN})`,
    // Keeps the shell from replacing itself by its last command.
    "exit $?",
  ].join("\n");
  return [tools.unshare, ...flags, SHELL, "-c", script, "sh", ...wrapper, ...launch.argv];
}

function setupSteps(tools: SandboxTools, { surroundings, mounts, newRoot, workingDir }: Launch): readonly string[] {
  const mountAll = (table: string): string => `${quote(tools.mount)} -n -a -T ${quote(table)}`;
  return [
    ...(surroundings === undefined ? [] : [`${mountAll(surroundings)} 2>/dev/null || true`]),
    ...(mounts === undefined ? [] : [mountAll(mounts)]),
    // The old root is stacked on the new one for a moment and then let go: no folder is needed to put it.
    ...(newRoot === undefined
      ? []
      : [`cd ${quote(newRoot)} && ${quote(tools.pivotRoot)} . . && ${quote(tools.umount)} -l .`]),
    `cd ${quote(workingDir)}`,
  ];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The mounts as a file that one call of mount(8) works off; a call for each would take longer than the program's own start. */
export function fstab(mounts: readonly BindMount[], mountInfo: string): string {
  return mounts
    .map(({ from, at, readOnly }) => {
      const options = readOnly ? ["rbind", "ro", ...lockedOptions(mountInfo, from)] : ["rbind"];
      return `${escape(from)} ${escape(at)} none ${options.join(",")} 0 0\n`;
    })
    .join("");
}

const LOCKABLE = ["nosuid", "nodev", "noexec"] as const;

/**
 * The options that the file system of `path` is mounted with and that a user namespace may not take off: making a mount read-only
 * without naming them would try just that, and be refused. `mountInfo` is the text of /proc/self/mountinfo.
 */
export function lockedOptions(mountInfo: string, path: string): readonly string[] {
  let deepest = "";
  let found = "";
  for (const line of mountInfo.split("\n")) {
    const [, , , , point = "", options = ""] = line.split(" ");
    const mountPoint = unescape(point);
    const holds = mountPoint === "/" || path === mountPoint || path.startsWith(`${mountPoint}/`);
    // A later line of the same place lies on top.
    if (point !== "" && holds && mountPoint.length >= deepest.length) [deepest, found] = [mountPoint, options];
  }
  const set = new Set(found.split(","));
  return LOCKABLE.filter((option) => set.has(option));
}

function escape(path: string): string {
  return path.replace(/[\s\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
