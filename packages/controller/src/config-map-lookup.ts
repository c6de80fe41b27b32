import { configMapsOfInterest } from "@outrigger/engine";
import type { ConfigMapFacts, ConfigMaps } from "@outrigger/engine";
import { CONFIG_MAPS, KubeError } from "@outrigger/kube";
import type { Informer, KubeClient } from "@outrigger/kube";
import {
  CONFIGMAP_TYPE_CACHE,
  CONFIGMAP_TYPE_EXECUTOR_PLUGIN,
  CONFIGMAP_TYPE_PARAMETER,
  LABEL_CONFIGMAP_TYPE,
  configMapParser,
} from "@outrigger/types";
import type { KubeObject, Workflow } from "@outrigger/types";

/** The ConfigMaps that concern us: all of them say what they are for. */
export const CONFIG_MAP_SELECTOR = `${LABEL_CONFIGMAP_TYPE} in (${CONFIGMAP_TYPE_CACHE},${CONFIGMAP_TYPE_EXECUTOR_PLUGIN},${CONFIGMAP_TYPE_PARAMETER})`;

/**
 * The ConfigMaps that a Workflow may take values from, or remember outputs in.
 *
 * Someone who makes one and submits a Workflow right after must not be told that there is none, only because the two watches are
 * apart. So, when a Workflow begins, the API is asked for those that it names and the watch does not know.
 */
export class ConfigMapLookup {
  readonly #client: KubeClient;
  readonly #configMaps: Informer;
  /** By the Workflow's uid: what is there and is not marked, so that the watch never shows it. */
  readonly #unmarked = new Map<string, ReadonlyMap<string, ConfigMapFacts>>();

  constructor(client: KubeClient, configMaps: Informer) {
    this.#client = client;
    this.#configMaps = configMaps;
  }

  async visibleTo(workflow: Workflow): Promise<ConfigMaps> {
    const { namespace = "", uid = "" } = workflow.metadata;
    if (workflow.status?.phase === undefined) await this.#ask(workflow, namespace, uid);
    const unmarked = this.#unmarked.get(uid);
    return {
      get: (name) => factsOf(this.#configMaps.get({ namespace, name })) ?? unmarked?.get(name),
    };
  }

  forget(uid: string): void {
    this.#unmarked.delete(uid);
  }

  async #ask(workflow: Workflow, namespace: string, uid: string): Promise<void> {
    const names = configMapsOfInterest(workflow).filter(
      (name) => this.#configMaps.get({ namespace, name }) === undefined,
    );
    const unmarked = new Map<string, ConfigMapFacts>();
    for (const object of await Promise.all(names.map((name) => this.#read(namespace, name)))) {
      if (object === undefined) continue;
      this.#configMaps.noteWritten(object);
      const facts = factsOf(object);
      if (facts !== undefined) unmarked.set(object.metadata.name ?? "", facts);
    }
    if (unmarked.size > 0) this.#unmarked.set(uid, unmarked);
  }

  async #read(namespace: string, name: string): Promise<KubeObject | undefined> {
    try {
      return await this.#client.get(CONFIG_MAPS, { namespace, name });
    } catch (error) {
      if (!(error instanceof KubeError) || error.transient) throw error;
      return undefined; // not there, or not for us
    }
  }
}

function factsOf(object: KubeObject | undefined): ConfigMapFacts | undefined {
  const parsed = object === undefined ? undefined : configMapParser(object, "");
  if (parsed?.ok !== true) return undefined;
  const { metadata, data = {} } = parsed.value;
  return { type: metadata.labels?.[LABEL_CONFIGMAP_TYPE], data };
}
