import { randomBytes } from "node:crypto";
import type { KubeObject } from "@outrigger/types";
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, hasReason } from "../../src/index.ts";
import type { KubeClient, KubeError, KubeErrorReason, ObjectRef, Resource } from "../../src/index.ts";

/** What the cases of the contract work on: a namespace of their own and a kind of their own. */
export interface Scene {
  readonly client: KubeClient;
  readonly namespace: string;
  /** A custom kind, namespaced, with free fields and its status as a subresource. */
  readonly gadgets: Resource;
  /** A reference to an object that nobody else uses. */
  readonly ref: () => Required<ObjectRef>;
  /** Creates a config map. */
  readonly configMap: (fields?: object, labels?: Readonly<Record<string, string>>) => Promise<KubeObject>;
  /** Removes namespace and kind. */
  readonly clear: () => Promise<void>;
}

const DEADLINE_MS = 15_000;

/** Looks until it sees what it wants: a cluster does many things in its own time. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const endMs = Date.now() + DEADLINE_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > endMs) throw new Error(`not seen within ${DEADLINE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a call is refused with; undefined if it is not. */
export async function refusal(work: Promise<unknown>): Promise<KubeErrorReason | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return (error as KubeError).reason;
  }
}

export function refOf({ metadata }: KubeObject): Required<ObjectRef> {
  return { namespace: metadata.namespace ?? "", name: metadata.name ?? "" };
}

export async function openScene(client: KubeClient): Promise<Scene> {
  const run = randomBytes(4).toString("hex");
  const namespace = `kube-contract-${run}`;
  const gadgets: Resource = {
    group: `contract-${run}.outrigger.dev`,
    version: "v1",
    plural: "gadgets",
    kind: "Gadget",
    namespaced: true,
  };
  await client.create(NAMESPACES, undefined, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await client.create(CUSTOM_RESOURCE_DEFINITIONS, undefined, definitionOf(gadgets));
  await eventually(async () => ((await refusal(client.list(gadgets, { namespace }))) === undefined ? true : undefined));
  let names = 0;
  const ref = (): Required<ObjectRef> => {
    names += 1;
    return { namespace, name: `case-${names}` };
  };
  return {
    client,
    namespace,
    gadgets,
    ref,
    configMap: (fields = {}, labels = {}) =>
      client.create(CONFIG_MAPS, namespace, configMapBody(ref(), fields, labels)),
    clear: async () => {
      await removed(client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: definitionName(gadgets) }));
      await removed(client.delete(NAMESPACES, { name: namespace }));
    },
  };
}

export function configMapBody(ref: ObjectRef, fields: object = {}, labels: object = {}): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { ...ref, labels }, ...fields };
}

export function gadgetBody({ gadgets }: Scene, ref: ObjectRef, fields: object): object {
  return { apiVersion: `${gadgets.group}/${gadgets.version}`, kind: gadgets.kind, metadata: ref, ...fields };
}

async function removed(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!hasReason(error, "NotFound")) throw error;
  }
}

function definitionName({ plural, group }: Resource): string {
  return `${plural}.${group}`;
}

function definitionOf(resource: Resource): object {
  const { group, version, plural, kind } = resource;
  const free = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: definitionName(resource) },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: "object", properties: { spec: free, status: free } } },
        },
      ],
    },
  };
}
