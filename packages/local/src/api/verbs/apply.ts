import { isJsonObject } from "@outrigger/types";
import type { JsonObject, KubeObject } from "@outrigger/types";
import { apiVersionOf } from "@outrigger/kube";
import { applyShape } from "../../apply/apply-shape.ts";
import { applyConfiguration } from "../../apply/server-side-apply.ts";
import { requiredValue } from "../../errors/field-error.ts";
import { badRequest, conflict, invalid } from "../../errors/refusals.ts";
import { at, textAt } from "../../json/at.ts";
import { requireKind } from "../../kinds/custom-kind.ts";
import { resourceName } from "../../kinds/kind.ts";
import { timestamp } from "../../objects/cluster-state.ts";
import { updateObject } from "../../objects/update-object.ts";
import type { Answer } from "../answer.ts";
import { parseText } from "../body.ts";
import { answerObject, target } from "../call.ts";
import type { Call } from "../call.ts";
import { flag } from "../request.ts";
import { acceptUnknown, writeOptions } from "../write-options.ts";
import type { WriteOptions } from "../write-options.ts";
import { named, writableSubresource } from "./update.ts";

const APPLY_TYPE = "application/apply-patch+yaml";

/** Server-side apply: makes the object if it is missing. */
export async function handleApply(call: Call): Promise<Answer> {
  const { request, state, kind } = call;
  const options = writeOptions(request.query, "PatchOptions");
  requireManager(options);
  const body = await readConfiguration(call);
  const subresource = writableSubresource(call.subresource);
  const { object, created } = updateObject(
    state,
    kind,
    {
      ...target(call),
      subresource,
      dryRun: options.dryRun,
      ...(subresource === undefined ? { create: () => applied(call, emptyObject(call, body), body, options) } : {}),
    },
    (current) => applied(call, current, body, options),
  );
  return answerObject(call, created ? 201 : 200, object);
}

function requireManager({ fieldManager }: WriteOptions): void {
  if (fieldManager !== "") return;
  const error = requiredValue("fieldManager", "is required for apply patch");
  throw invalid({ group: "meta.k8s.io", name: "PatchOptions" }, "", [error]);
}

async function readConfiguration(call: Call): Promise<JsonObject> {
  const bytes = await call.request.body();
  const refuse = (why: string): Error => badRequest(`error decoding YAML: ${why}`);
  const body = parseText(bytes.toString(), APPLY_TYPE, refuse);
  if (!isJsonObject(body)) throw refuse("it is no object");
  if (at(body, "metadata", "managedFields") !== undefined) throw badRequest("metadata.managedFields must be nil");
  const expected = apiVersionOf(call.kind.resource);
  const given = textAt(body, "apiVersion");
  if (given === expected) return body;
  const groupVersion = given.includes("/") ? given : `/${given}`;
  throw badRequest(`invalid object type: ${groupVersion}, Kind=${textAt(body, "kind")}`);
}

/** What is there before there is anything. */
function emptyObject(call: Call, body: JsonObject): KubeObject {
  const uid = textAt(body, "metadata", "uid");
  if (uid !== "") {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(resourceName(call.kind), call.name, why);
  }
  const { kind, namespaced } = call.kind.resource;
  const place = namespaced && call.namespace !== undefined ? { namespace: call.namespace } : {};
  return { apiVersion: apiVersionOf(call.kind.resource), kind, metadata: { name: call.name, ...place } };
}

function applied(call: Call, current: KubeObject, body: JsonObject, options: WriteOptions): KubeObject {
  const { kind, request, state } = call;
  const decoded = kind.decode(body);
  acceptUnknown(request, decoded, options, (why) => badRequest(`failed to create typed patch object: ${why}`));
  requireKind(kind, decoded.object);
  named(call, decoded.object);
  const merged = applyConfiguration(current, {
    body,
    decoded: decoded.object,
    shape: applyShape(kind.shape),
    manager: options.fieldManager,
    subresource: call.subresource,
    apiVersion: apiVersionOf(kind.resource),
    force: flag(request.query, "force"),
    time: timestamp(state),
  });
  return kind.decode(merged).object;
}
