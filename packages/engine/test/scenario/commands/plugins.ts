import type { InstalledPlugin } from "@outrigger/engine";
import type { Command } from "../environment.ts";

const FIRST_PORT = 4_355;

/** plugins NAME[:PORT][+token][+stateless]…: what is installed; +token mounts a service account token. */
export const plugins: Command = (environment, words) => {
  environment.plugins = words.map((word, index) => {
    const [, name = "", port, token, stateless] = /^([^:+]+)(?::(\d+))?(\+token)?(\+stateless)?$/.exec(word) ?? [];
    const plugin = installedPlugin(name, Number(port ?? FIRST_PORT + index), token !== undefined);
    return stateless === undefined ? plugin : { ...plugin, isStateless: true };
  });
  return "";
};

export function installedPlugin(name: string, port: number, token = false): InstalledPlugin {
  return {
    name,
    namespace: "argo",
    sidecar: {
      ...(token ? { automountServiceAccountToken: true } : {}),
      container: {
        name: `${name}-executor-plugin`,
        image: `${name}:1`,
        ports: [{ containerPort: port }],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
        securityContext: { runAsNonRoot: true },
      },
    },
  };
}
