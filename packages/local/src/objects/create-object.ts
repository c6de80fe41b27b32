import { randomUUID } from "node:crypto";
import type { KubeObject, ObjectMeta } from "@outrigger/types";
import { ApiError } from "../errors/api-error.ts";
import { alreadyExists, badRequest, invalid } from "../errors/refusals.ts";
import { kindName, metadataRules, resourceName } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import { checkMetadata } from "../kinds/metadata-rules.ts";
import { admit } from "./admission.ts";
import { findObject, nameOf, timestamp } from "./cluster-state.ts";
import type { ClusterState } from "./cluster-state.ts";
import { generatedName } from "./generated-name.ts";
import { writeObject } from "./write-object.ts";

export interface CreateOptions {
  /** Of the request's path. */
  readonly namespace: string | undefined;
  readonly dryRun?: boolean;
}

/** Makes an object out of a decoded body; answers it as stored. */
export function createObject(state: ClusterState, kind: Kind, object: KubeObject, options: CreateOptions): KubeObject {
  const { metadata } = object;
  if (metadata.resourceVersion !== undefined) {
    throw new ApiError({ code: 500, message: "resourceVersion should not be set on objects to be created" });
  }
  const named: KubeObject = { ...object, metadata: initialMetadata(state, kind, metadata, options.namespace) };
  const admitted = admit(state, kind, named);
  const prepared = kind.strategy.prepareForCreate(admitted);
  const errors = [...checkMetadata(prepared.metadata, metadataRules(kind)), ...kind.strategy.validate(prepared)];
  const name = nameOf(prepared);
  if (errors.length > 0) throw invalid(kindName(kind), name.name, errors);
  if (findObject(state, kind, name) !== undefined) throw alreadyExists(resourceName(kind), name.name);
  return options.dryRun === true ? prepared : writeObject(state, kind, prepared);
}

function initialMetadata(
  state: ClusterState,
  kind: Kind,
  given: ObjectMeta,
  namespace: string | undefined,
): ObjectMeta {
  const { deletionTimestamp: _when, deletionGracePeriodSeconds: _grace, namespace: place, ...meta } = given;
  const { generateName = "", name = generateName === "" ? "" : generatedName(generateName) } = meta;
  return {
    ...meta,
    ...(name === "" ? {} : { name }),
    ...requestNamespace(kind, place, namespace),
    uid: randomUUID(),
    creationTimestamp: timestamp(state),
  };
}

/** The path says the namespace; the body may repeat it, nothing else. */
export function requestNamespace(
  kind: Kind,
  given: string | undefined,
  asked: string | undefined,
): { readonly namespace?: string } {
  if (!kind.resource.namespaced) return {};
  const expected = asked ?? "";
  if (given !== undefined && given !== "" && given !== expected) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  return expected === "" ? {} : { namespace: expected };
}
