import { PATCH_CONTENT_TYPES } from "@outrigger/kube";
import type { PatchType } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject, KubeObject } from "@outrigger/types";
import { ApiError } from "../../errors/api-error.ts";
import { forbiddenValue, invalidValue } from "../../errors/field-error.ts";
import { badRequest, invalid, unsupportedMediaType } from "../../errors/refusals.ts";
import { requireKind } from "../../kinds/custom-kind.ts";
import type { Kind } from "../../kinds/kind.ts";
import { updateObject } from "../../objects/update-object.ts";
import { jsonPatch } from "../../patch/json-patch.ts";
import { mergeObjects } from "../../patch/merge-patch.ts";
import { strategicMerge } from "../../patch/strategic-merge.ts";
import type { Answer } from "../answer.ts";
import { parseText } from "../body.ts";
import { answerObject, target } from "../call.ts";
import type { Call } from "../call.ts";
import { acceptUnknown, writeOptions } from "../write-options.ts";
import type { WriteOptions } from "../write-options.ts";
import { handleApply } from "./apply.ts";
import { keepManagers, named, writableSubresource } from "./update.ts";

export async function handlePatch(call: Call): Promise<Answer> {
  const type = patchType(call);
  if (type === "apply") return handleApply(call);
  const options = writeOptions(call.request.query, "PatchOptions");
  refuseForce(call);
  const bytes = await call.request.body();
  const patch = parseText(bytes.toString(), "", (why) => badRequest(`error decoding patch: ${why}`));
  const { object } = updateObject(
    call.state,
    call.kind,
    { ...target(call), subresource: writableSubresource(call.subresource), dryRun: options.dryRun },
    (current) => keepManagers(patched(call, current, { type, patch }, options), current),
  );
  return answerObject(call, 200, object);
}

const ORDER: readonly PatchType[] = ["json", "merge", "strategic", "apply"];

function patchType(call: Call): PatchType {
  const offered = ORDER.filter((type) => type !== "strategic" || call.kind.shape.from === "struct");
  const type = offered.find((each) => PATCH_CONTENT_TYPES[each] === call.request.contentType);
  if (type !== undefined) return type;
  if (call.kind.shape.from === "schema") throw unsupportedMediaType(offered.map((each) => PATCH_CONTENT_TYPES[each]));
  throw new ApiError({
    code: 415,
    reason: "UnsupportedMediaType",
    message: "415: Unsupported Media Type",
    details: {},
  });
}

function refuseForce(call: Call): void {
  if (!call.request.query.has("force")) return;
  const error = forbiddenValue("force", "may not be specified for non-apply patch");
  throw invalid({ group: "meta.k8s.io", name: "PatchOptions" }, "", [error]);
}

interface Patch {
  readonly type: Exclude<PatchType, "apply">;
  readonly patch: unknown;
}

function patched(call: Call, current: KubeObject, patch: Patch, options: WriteOptions): KubeObject {
  const { kind, request } = call;
  const changed = applyPatch(kind, jsonOf(current), patch);
  const decoded = decodePatched(kind, changed);
  requireKind(kind, decoded.object);
  acceptUnknown(request, decoded, options, (why) => unfit(changed, why));
  return named(call, decoded.object);
}

function applyPatch(kind: Kind, current: JsonObject, { type, patch }: Patch): JsonObject {
  if (type === "json") return jsonPatch(current, patch);
  if (!isJsonObject(patch)) {
    const found = Array.isArray(patch) ? "array" : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
    );
  }
  if (type === "merge" || kind.shape.from === "schema") return mergeObjects(current, patch);
  return strategicMerge(current, patch, kind.shape.type);
}

/** What a patch makes of an object must be one again; where it is not, the patch is to blame. */
function decodePatched(kind: Kind, changed: JsonObject): ReturnType<Kind["decode"]> {
  try {
    return kind.decode(changed);
  } catch (error) {
    if (!(error instanceof ApiError) || kind.shape.from === "schema") throw error;
    const why = (error.status.message ?? "").replace(/^.*? cannot be handled as a \w+: /, "");
    throw unfit(changed, why);
  }
}

function unfit(changed: JsonObject, why: string): ApiError {
  return invalid({ group: "", name: "" }, "", [invalidValue("patch", JSON.stringify(changed), why)]);
}

function jsonOf(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}
