import type { JsonValue } from "./parse/json.ts";
import { boolean, integer, json, list, object, record, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** What we read of `metadata`. Times are RFC 3339 text, as on the wire. */
export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: JsonValue;
}

/** Any object of the Kubernetes API, as it travels: the fields beyond metadata are not looked at here. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

const ownerReferenceParser: Parser<OwnerReference> = object<OwnerReference>(
  { apiVersion: string, kind: string, name: string, uid: string, controller: boolean, blockOwnerDeletion: boolean },
  { required: ["apiVersion", "kind", "name", "uid"] },
);

export const objectMetaParser: Parser<ObjectMeta> = object<ObjectMeta>({
  name: string,
  generateName: string,
  namespace: string,
  uid: string,
  resourceVersion: string,
  generation: integer,
  creationTimestamp: string,
  deletionTimestamp: string,
  deletionGracePeriodSeconds: integer,
  labels: record(string),
  annotations: record(string),
  ownerReferences: list(ownerReferenceParser),
  finalizers: list(string),
  managedFields: json,
});

/** Accepts anything that has metadata; for caches, which must hold broken objects too, so that someone can say what is wrong with them. */
export const kubeObjectParser: Parser<KubeObject> = object<{
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}>({ apiVersion: string, kind: string, metadata: objectMetaParser }, { required: ["metadata"] });
