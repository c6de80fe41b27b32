import { hasReason } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import type { ObjectRef, Resource } from "@outrigger/kube";
import type { Cluster } from "../../cluster/connect.ts";

/** What is looked at in a cluster. */
export interface Patient extends Cluster {
  readonly installNamespace: string;
  readonly instanceId: string | undefined;
  /** Service accounts that Workflows of the namespace run under. */
  readonly accounts: readonly string[];
}

/** An object, that there is none, or that we may not look. */
export type Seen =
  | { readonly kind: "there"; readonly object: KubeObject }
  | { readonly kind: "absent" }
  | { readonly kind: "hidden" };

/** Looks at one object. */
export async function look({ client }: Patient, resource: Resource, ref: ObjectRef): Promise<Seen> {
  try {
    return { kind: "there", object: await client.get(resource, ref) };
  } catch (error) {
    if (hasReason(error, "NotFound")) return { kind: "absent" };
    if (hasReason(error, "Forbidden")) return { kind: "hidden" };
    throw error;
  }
}
