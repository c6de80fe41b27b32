import type { WorkflowTemplates } from "@outrigger/engine";
import type { JsonObject } from "@outrigger/types";
import type { InstalledWorkflowTemplates } from "../plugin/installed.ts";
import type { CheckContext } from "./manifest.ts";
import type { PluginInputs } from "./plugin-inputs.ts";
import { metadataOf, workflowTemplatesIn } from "./workflow-templates.ts";

/** What manifests may refer to: one another, the plugins, and what a cluster holds if it was asked. */
export class KnownObjects {
  readonly #inputs: PluginInputs;
  readonly #files: readonly JsonObject[];
  readonly #installed: InstalledWorkflowTemplates | undefined;
  readonly #byNamespace = new Map<string | undefined, WorkflowTemplates>();

  constructor(inputs: PluginInputs, files: readonly JsonObject[], installed: InstalledWorkflowTemplates | undefined) {
    this.#inputs = inputs;
    this.#files = files;
    this.#installed = installed;
  }

  /** What one of the files sees: the files come before the cluster, which they will change. */
  contextOf(manifest: JsonObject): CheckContext {
    const namespace = metadataOf(manifest, "namespace");
    let workflowTemplates = this.#byNamespace.get(namespace);
    if (workflowTemplates === undefined) {
      workflowTemplates = this.#visibleFrom(namespace);
      this.#byNamespace.set(namespace, workflowTemplates);
    }
    return { inputs: this.#inputs, workflowTemplates, isComplete: this.#installed !== undefined };
  }

  #visibleFrom(namespace: string | undefined): WorkflowTemplates {
    const inFiles = workflowTemplatesIn(this.#files, namespace);
    if (this.#installed === undefined) return inFiles;
    const { objects, defaultNamespace } = this.#installed;
    const inCluster = workflowTemplatesIn(objects, namespace ?? defaultNamespace);
    return { get: (scope) => inFiles.get(scope) ?? inCluster.get(scope) };
  }
}
