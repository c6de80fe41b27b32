// A small shell that outlives us: it holds the reading end of a pipe, and when the pipe closes, however we went, it ends what we
// started and removes our folder. An orderly stop takes the same way, so that there is one.
// Owns: the runtime's folder, and the end of every process that was registered.
// Does not own: an orderly SIGTERM before that (pod-worker.ts).
// Invariants:
//  W1 the shell runs before the folder exists, and before any container starts;
//  W2 a process group is registered before its program runs: the launcher waits for a line from us (sandbox.ts).
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { SHELL } from "./sandbox/sandbox.ts";

/** Every process without namespaces carries this variable: those that left their process group are found by it. */
export const ENV_RUNTIME_ID = "OUTRIGGER_LOCAL_RUNTIME";

// Arguments: what to remove. Lines: "+ group" and "- group" of processes, "sweep id", "sweep-last id" (once the pipe is closed).
const SCRIPT = `
trap '' HUP INT TERM
sweep() {
  if [ -d /proc/self ]; then
    grep -lF "${ENV_RUNTIME_ID}=$1" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do
      kill -s KILL "$pid" 2>/dev/null
    done
  else
    ps -A -E -ww -o pid=,command= 2>/dev/null | while read -r pid rest; do
      case $rest in *"${ENV_RUNTIME_ID}=$1"*) kill -s KILL "$pid" 2>/dev/null ;; esac
    done
  fi
}
groups=' '
last=
while read -r word value; do
  case $word in
    +) groups="$groups$value " ;;
    -) groups="\${groups%% $value *} \${groups#* $value }" ;;
    sweep) sweep "$value" ;;
    sweep-last) last=$value ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
[ -z "$last" ] || sweep "$last"
tries=0
until rm -rf "$@" 2>/dev/null || [ $tries -ge 100 ]; do
  chmod -R u+rwX "$@" 2>/dev/null
  tries=$((tries + 1))
  sleep 0.05
done
`;

export class Watchdog {
  readonly #shell: ChildProcess;
  readonly #ended: Promise<void>;

  /** Makes `folder`, which must not exist, readable for nobody else. `alsoRemove` goes with it. */
  constructor(folder: string, alsoRemove: readonly string[]) {
    this.#shell = spawn(SHELL, ["-c", SCRIPT, "outrigger-watchdog", folder, ...alsoRemove], {
      detached: true, // a Ctrl-C on the terminal is not for it
      stdio: ["pipe", "ignore", "ignore"],
      cwd: "/",
    });
    this.#ended = new Promise((resolve) => {
      this.#shell.once("exit", () => resolve());
      this.#shell.once("error", () => resolve());
    });
    // Whoever killed the shell also gets the broken pipe: there is nothing left to tell it.
    this.#shell.stdin?.on("error", () => undefined);
    mkdirSync(folder, { recursive: true, mode: 0o700 }); // W1
  }

  register(processGroup: number): void {
    this.#tell(`+ ${processGroup}`);
  }

  forget(processGroup: number): void {
    this.#tell(`- ${processGroup}`);
  }

  /** Ends every process that carries an id which begins so. */
  sweep(id: string): void {
    this.#tell(`sweep ${id}`);
  }

  /** The end takes these as well. */
  sweepLast(id: string): void {
    this.#tell(`sweep-last ${id}`);
  }

  /** Has everything ended and removed; resolves when that is done. */
  async finish(): Promise<void> {
    this.#shell.stdin?.end();
    await this.#ended;
  }

  #tell(line: string): void {
    this.#shell.stdin?.write(`${line}\n`);
  }
}
