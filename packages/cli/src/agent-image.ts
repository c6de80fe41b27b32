import { runAgentInit, runAgentMain } from "@outrigger/agent";
import type { Connection } from "@outrigger/kube";
import type { InProcessContext, InProcessMain } from "@outrigger/local";
import { createLogger, createRegistry } from "@outrigger/telemetry";
import type { LogLevel, Tracer } from "@outrigger/telemetry";

const TOKEN_FOLDER = "/var/run/argo";

/** How an agent in this process reaches the API, for the namespace of its pod. */
export type Connect = (namespace: string) => Connection;

/**
 * Stands in for the agent's image: the containers `init` and `main` of an agent pod run as functions of this process, on the same
 * code that the image starts. Their log is the container's log.
 */
export function createAgentImage(connect: Connect, level: LogLevel, tracer?: Tracer): InProcessMain {
  const commands: Readonly<Record<string, (context: InProcessContext) => Promise<void>>> = {
    "agent init": ({ env, path }) => runAgentInit({ env, ...tokenFolder(path) }),
    "agent main": async ({ env, path, pod, address, signal, log }) => {
      await runAgentMain({
        env,
        ...tokenFolder(path),
        connection: connect(pod.metadata.namespace ?? ""),
        dial: address,
        signal,
        telemetry: {
          logger: createLogger({ component: "agent", level, write: (line) => log(line.trimEnd()) }),
          registry: createRegistry({ processMetrics: false }),
          ...(tracer === undefined ? {} : { tracer }),
        },
      });
    },
  };
  return async (context) => {
    // The controller may add options to the two words, as Argo's does.
    const command = commands[context.args.slice(0, 2).join(" ")];
    if (command === undefined)
      throw new Error(`the agent takes "agent init" or "agent main", not "${context.args.join(" ")}"`);
    await command(context);
    return 0;
  };
}

function tokenFolder(path: InProcessContext["path"]): { readonly tokenFolder?: string } {
  const folder = path(TOKEN_FOLDER);
  return folder === undefined ? {} : { tokenFolder: folder };
}
