import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import { invalidValue, unsupportedValue } from "../errors/field-error.ts";
import type { FieldError } from "../errors/field-error.ts";
import { badRequest, invalid } from "../errors/refusals.ts";
import { at, numberAt, objectAt, textAt } from "../json/at.ts";
import type { DeleteOptions } from "../objects/delete-object.ts";
import { DecodeError, decodeStruct } from "../schema/decode-struct.ts";
import { PROTOBUF_TYPE, decodeProtobuf, openEnvelope } from "../schema/protobuf/decode-protobuf.ts";
import { parseText } from "./body.ts";
import type { ApiRequest } from "./request.ts";
import { numberOf } from "./request.ts";

const POLICIES = ["Foreground", "Background", "Orphan"] as const;

/** Options of a deletion: from the body where there is one, else from the query. */
export async function deleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const bytes = await request.body();
  return readOptions(bytes.length > 0 ? parseBody(bytes, request.contentType) : fromQuery(request.query));
}

function parseBody(bytes: Buffer, contentType: string): JsonObject {
  if (contentType === PROTOBUF_TYPE) return decodeProtobuf(openEnvelope(bytes).raw, "DeleteOptions");
  const refuse = (why: string): Error => badRequest(`couldn't get version/kind; json parse error: ${why}`);
  const value = parseText(bytes.toString(), contentType, refuse);
  if (!isJsonObject(value)) throw refuse("not an object");
  const { kind = "DeleteOptions", apiVersion: _any, ...options } = value;
  if (kind !== "DeleteOptions") throw badRequest("decoded object cannot be converted to DeleteOptions");
  try {
    return decodeStruct(options, "DeleteOptions").value;
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(error.message) : error;
  }
}

function fromQuery(query: URLSearchParams): JsonObject {
  const policy = query.get("propagationPolicy");
  const orphan = query.get("orphanDependents");
  return {
    ...(query.has("gracePeriodSeconds") ? { gracePeriodSeconds: numberOf(query, "gracePeriodSeconds") } : {}),
    ...(policy === null ? {} : { propagationPolicy: policy }),
    ...(orphan === null ? {} : { orphanDependents: orphan === "true" || orphan === "1" }),
    ...(query.has("dryRun") ? { dryRun: query.getAll("dryRun") } : {}),
  };
}

function readOptions(options: JsonObject): DeleteOptions {
  const policy = at(options, "propagationPolicy");
  const propagationPolicy = POLICIES.find((each) => each === policy);
  const orphanDependents = at(options, "orphanDependents");
  const dryRun = at(options, "dryRun");
  const dryRuns = Array.isArray(dryRun) ? dryRun : [];
  const errors: FieldError[] = [];
  if (orphanDependents !== undefined && policy !== undefined) {
    errors.push(
      invalidValue("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"),
    );
  }
  if (policy !== undefined && propagationPolicy === undefined) {
    errors.push(unsupportedValue("propagationPolicy", policy, [...POLICIES, "nil"]));
  }
  if (dryRuns.some((value) => value !== "All")) errors.push(unsupportedValue("dryRun", dryRuns, ["All"]));
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", name: "DeleteOptions" }, "", errors);
  return {
    ...given("gracePeriodSeconds", numberAt(options, "gracePeriodSeconds")),
    ...given("propagationPolicy", propagationPolicy),
    ...given("orphanDependents", typeof orphanDependents === "boolean" ? orphanDependents : undefined),
    ...preconditions(objectAt(options, "preconditions")),
    dryRun: dryRuns.length > 0,
  };
}

function preconditions(value: JsonObject): DeleteOptions {
  return {
    ...given("uid", textAt(value, "uid") || undefined),
    ...given("resourceVersion", textAt(value, "resourceVersion") || undefined),
  };
}

function given<K extends string, V>(name: K, value: V | undefined): { readonly [key in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: V };
}
