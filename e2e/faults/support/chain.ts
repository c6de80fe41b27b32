import type { JsonObject, KubeObject } from "@outrigger/types";

/** Steps one after the other, each a plugin block of its own. */
export function chain(name: string, plugins: readonly JsonObject[], more: JsonObject = {}): KubeObject {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name },
    spec: {
      entrypoint: "main",
      templates: [
        { name: "main", steps: plugins.map((_, index) => [{ name: `s${index}`, template: `t${index}` }]) },
        ...plugins.map((plugin, index) => ({ name: `t${index}`, plugin })),
      ],
      ...more,
    },
  };
}

export function faulty(wanted: JsonObject = {}): JsonObject {
  return { faulty: wanted };
}

export function once(wanted: JsonObject = {}): JsonObject {
  return { once: wanted };
}
