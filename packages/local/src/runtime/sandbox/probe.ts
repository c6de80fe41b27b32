// Finds out, once at start, what this machine lets a container have: by trying, since no setting tells it reliably.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { isProgram, readMountInfo } from "../host-files.ts";
import { fstab, launchCommand } from "./sandbox.ts";
import type { Isolation, SandboxTools } from "./sandbox.ts";

export interface ProbeInput {
  /** Empty folder to try mounts in; must lie where volumes will lie. */
  readonly folder: string;
  /** The host's PATH. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

type Namespaces = Extract<Isolation, { kind: "namespaces" }>;

const TRY_LIMIT_MS = 5_000;

/** The best isolation that works here. */
export async function probeIsolation(input: ProbeInput): Promise<Isolation> {
  const tools = findTools(input.path);
  if (typeof tools === "string") return { kind: "none", why: tools };
  const marker = prepareFolder(input.folder);
  let why = "";
  for (const candidate of candidates(tools, input)) {
    const problem = await tryOut(candidate, marker);
    if (problem === undefined) return candidate;
    why = problem;
  }
  return { kind: "none", why: `this machine does not give namespaces to ordinary users (${why})` };
}

// Programs of the system are often not in an ordinary user's PATH.
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

function findTools(path: string): SandboxTools | string {
  const folders = [...path.split(":").filter((folder) => folder.startsWith("/")), ...SYSTEM_FOLDERS];
  const find = (name: string): string | undefined => folders.map((folder) => join(folder, name)).find(isProgram);
  const [unshare, mount, umount, pivotRoot] = ["unshare", "mount", "umount", "pivot_root"].map(find);
  if (unshare === undefined) return "there is no unshare (of util-linux) on this machine";
  if (mount === undefined || umount === undefined || pivotRoot === undefined) return "util-linux is not complete here";
  return { unshare, mount, umount, pivotRoot };
}

/** From the best to the least; what a machine refuses differs: user namespaces, a fresh /proc, a second mapping. */
export function candidates(tools: SandboxTools, { uid, gid }: Pick<ProbeInput, "uid" | "gid">): readonly Namespaces[] {
  const common = ["--mount", "--pid", "--fork", "--kill-child"];
  const asRoot = ["--user", "--map-root-user"];
  const keepUser = [tools.unshare, "--user", `--map-user=${uid}`, `--map-group=${gid}`, "--"];
  // Root needs no user namespace, and programs that change their user do not work in one that knows a single user.
  const users: readonly (readonly [readonly string[], readonly string[]])[] =
    uid === 0
      ? [
          [[], []],
          [asRoot, []],
        ]
      : [
          [asRoot, keepUser],
          [asRoot, []],
        ];
  return users.flatMap(([user, wrapper]) =>
    [["--mount-proc"], []].map(
      (proc) => ({ kind: "namespaces", tools, flags: [...user, ...common, ...proc], wrapper }) as const,
    ),
  );
}

function prepareFolder(folder: string): { readonly table: string; readonly seenAt: string } {
  const [from, at, table] = [join(folder, "from"), join(folder, "at"), join(folder, "fstab")] as const;
  mkdirSync(from);
  mkdirSync(at);
  writeFileSync(join(from, "marker"), "");
  writeFileSync(table, fstab([{ from, at, readOnly: true }], readMountInfo()));
  return { table, seenAt: join(at, "marker") };
}

function tryOut(
  candidate: Namespaces,
  { table, seenAt }: { readonly table: string; readonly seenAt: string },
): Promise<string | undefined> {
  const [file, ...args] = launchCommand(candidate, {
    argv: ["/bin/sh", "-c", 'test -e "$1" && ! (: >"$1") 2>/dev/null', "sh", seenAt],
    workingDir: "/",
    mounts: table,
  });
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
      timeout: TRY_LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? undefined : firstLine(said) || `exit code ${code}`));
    const control = child.stdio[3] as Socket;
    control.on("error", () => undefined);
    control.write("go\n");
  });
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
