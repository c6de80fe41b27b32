// Which program a container runs on this machine. Pure but for the question which files are there.
import { ANNOTATION_LOCAL_COMMAND, failure, ok } from "@outrigger/types";
import type { Result } from "@outrigger/types";
import { isAbsolute, resolve } from "node:path";
import { expand } from "./env.ts";
import type { Environment } from "./env.ts";
import type { ContainerSpec } from "./spec/pod-spec.ts";

export interface Machine {
  /** Whether a program stands at this absolute path, as the container will see it. */
  isExecutable(path: string): boolean;
  /** The Node that stands in where none is installed: this very process's. */
  readonly nodePath: string;
}

interface KnownProgram {
  readonly standIns: readonly string[];
  readonly install: string;
}

const PYTHON = "install Python 3 (python.org, or your package manager's python3)";
const NODE = "install Node.js (nodejs.org, or your package manager's nodejs)";

function knownProgram(name: string, machine: Machine): KnownProgram {
  const known: Readonly<Record<string, KnownProgram>> = {
    python: { standIns: ["python3"], install: PYTHON },
    python3: { standIns: [], install: PYTHON },
    node: { standIns: [machine.nodePath], install: NODE },
    npx: { standIns: [], install: NODE },
    npm: { standIns: [], install: NODE },
    bash: { standIns: [], install: "install bash, or use sh" },
    java: { standIns: [], install: "install a Java runtime (adoptium.net, or your package manager's JRE)" },
    ruby: { standIns: [], install: "install Ruby (ruby-lang.org, or your package manager's ruby)" },
  };
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  return found ?? { standIns: [], install: `install ${name}, or set a command that this machine has` };
}

/** The words of the container's command line, program first, with `$(NAME)` replaced. */
export function commandLine(container: ContainerSpec, env: Environment): Result<readonly [string, ...string[]]> {
  const [program, ...rest] = [...container.command, ...container.args].map((word) => expand(word, env));
  if (container.command.length > 0 && program !== undefined && program !== "") return ok([program, ...rest]);
  return failure(
    "",
    `no command specified: containers run as local processes, and what image "${container.image}" would start is not known ` +
      `here. Set "command" on container ${container.name}, or the annotation ${ANNOTATION_LOCAL_COMMAND} on its plugin`,
  );
}

/** The path of the program, looked for as `execvp` does in the container's PATH and working directory. */
export function findProgram(
  program: string,
  context: { readonly env: Environment; readonly workingDir: string; readonly machine: Machine },
): Result<string> {
  const { env, workingDir, machine } = context;
  if (program.includes("/")) {
    const path = resolve(workingDir, program);
    return machine.isExecutable(path) ? ok(path) : failure("", `${path} is not a program on this machine`);
  }
  const { standIns, install } = knownProgram(program, machine);
  const folders = (env["PATH"] ?? "").split(":").filter((folder) => folder !== "");
  const candidates = [program, ...standIns].flatMap((name) =>
    isAbsolute(name) ? [name] : folders.map((folder) => resolve(workingDir, folder, name)),
  );
  const found = candidates.find((path) => machine.isExecutable(path));
  return found === undefined ? failure("", `${program} is not installed on this machine: ${install}`) : ok(found);
}
