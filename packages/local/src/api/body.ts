import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import { parse as parseYaml } from "yaml";
import { badRequest, unsupportedMediaType } from "../errors/refusals.ts";
import { PROTOBUF_TYPE, WireError, decodeProtobuf, openEnvelope } from "../schema/protobuf/decode-protobuf.ts";
import type { ApiRequest } from "./request.ts";

const YAML_TYPES: ReadonlySet<string> = new Set(["application/yaml", "application/apply-patch+yaml"]);
const TEXT_TYPES = ["application/json", "application/yaml"];

/** Reads the body as an object of a kind; `what` names the kind in messages. A type of Kubernetes' own may come as protobuf. */
export async function readObject(request: ApiRequest, what: string, struct?: string): Promise<JsonObject> {
  const accepted = struct === undefined ? TEXT_TYPES : [...TEXT_TYPES, PROTOBUF_TYPE];
  if (!["", ...accepted].includes(request.contentType)) throw unsupportedMediaType(accepted);
  const bytes = await request.body();
  if (request.contentType === PROTOBUF_TYPE && struct !== undefined) return readProtobuf(bytes, what, struct);
  const value = parseText(bytes.toString(), request.contentType, (why) => unrecognized(what, why, bytes));
  if (value === null) return {};
  if (isJsonObject(value)) return value;
  const why = `json: cannot unmarshal ${Array.isArray(value) ? "array" : typeof value} into Go value of type struct`;
  throw unrecognized(what, why, bytes);
}

function readProtobuf(bytes: Buffer, what: string, struct: string): JsonObject {
  try {
    const { apiVersion, kind, raw } = openEnvelope(bytes);
    return { apiVersion, kind, ...decodeProtobuf(raw, struct) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw badRequest(`the object provided is unrecognized (must be of type ${what}): ${error.message}`);
  }
}

function unrecognized(what: string, why: string, bytes: Buffer): Error {
  const text = bytes.length === 0 ? "<empty>" : bytes.subarray(0, 100).toString();
  return badRequest(
    `the object provided is unrecognized (must be of type ${what}): couldn't get version/kind; json parse error: ${why} (${text})`,
  );
}

/** Parses JSON, or YAML where the type says so. */
export function parseText(text: string, contentType: string, refuse: (why: string) => Error): unknown {
  try {
    // Kubernetes reads YAML as version 1.1 has it: a plain `no` is false.
    return YAML_TYPES.has(contentType) ? parseYaml(text, { version: "1.1" }) : JSON.parse(text);
  } catch (error) {
    throw refuse(text === "" ? "unexpected end of JSON input" : firstLine(error));
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";
}
