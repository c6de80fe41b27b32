import type { Environment } from "./options.ts";

/** A secret that the container has as an environment variable. Throws what to do where it is not there; never shows a value. */
export function secretOf(env: Environment, name: string, pluginKey: string): string {
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  throw new Error(
    `plugin ${pluginKey} needs the environment variable ${name}, which is ${value === "" ? "empty" : "not set"}: give its container in plugin.yaml ` +
      `env: [{name: ${name}, valueFrom: {secretKeyRef: {name: <the Secret's name>, key: ${name}}}}], and make that Secret in the namespace of the Workflow`,
  );
}
