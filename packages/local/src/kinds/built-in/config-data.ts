import type { JsonObject, KubeObject } from "@outrigger/types";
import { forbiddenValue, invalidValue, requiredValue, tooLong } from "../../errors/field-error.ts";
import type { FieldError } from "../../errors/field-error.ts";
import { IMMUTABLE } from "../metadata-rules.ts";
import { objectAt, textAt, without } from "../../json/at.ts";
import { jsonEqual } from "../../json/equal.ts";
import type { Strategy } from "../kind.ts";
import { configMapKey } from "../name-rules.ts";
import { plainStrategy } from "../strategies.ts";

const LIMIT_BYTES = 1024 * 1024;

function checkKeys(data: JsonObject, field: string): FieldError[] {
  return Object.keys(data).flatMap((key) =>
    configMapKey(key).map((problem) => invalidValue(`${field}[${key}]`, key, problem)),
  );
}

function sizeOf(data: JsonObject, encoding: BufferEncoding): number {
  return Object.keys(data).reduce((sum, key) => sum + Buffer.byteLength(textAt(data, key), encoding), 0);
}

/** Once `immutable` is set, it and the data stay as they are. */
function checkImmutable(next: KubeObject, current: KubeObject, dataFields: readonly string[]): FieldError[] {
  if (current["immutable"] !== true) return [];
  const why = "field is immutable when `immutable` is set";
  const changed = dataFields.filter((field) => !jsonEqual(next[field], current[field]));
  return [...(next["immutable"] === true ? [] : ["immutable"]), ...changed].map((field) => forbiddenValue(field, why));
}

function checkConfigMap(object: KubeObject): FieldError[] {
  const data = objectAt(object, "data");
  const binary = objectAt(object, "binaryData");
  const errors = checkKeys(data, "data");
  for (const key of Object.keys(data)) {
    if (key in binary) errors.push(invalidValue(`data[${key}]`, key, "duplicate of key present in binaryData"));
  }
  errors.push(...checkKeys(binary, "binaryData"));
  if (sizeOf(data, "utf8") + sizeOf(binary, "base64") > LIMIT_BYTES) {
    errors.push(tooLong("[]", `may not be more than ${LIMIT_BYTES} bytes`));
  }
  return errors;
}

export const configMapStrategy: Strategy = {
  ...plainStrategy,
  validate: checkConfigMap,
  validateUpdate: (next, current) => [
    ...checkImmutable(next, current, ["data", "binaryData"]),
    ...checkConfigMap(next),
  ],
};

/** Keys that a secret of that type must have. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

function checkSecret(object: KubeObject): FieldError[] {
  const data = objectAt(object, "data");
  const errors = checkKeys(data, "data");
  if (sizeOf(data, "base64") > LIMIT_BYTES) errors.push(tooLong("data", `may not be more than ${LIMIT_BYTES} bytes`));
  const missing = (REQUIRED_KEYS[textAt(object, "type")] ?? []).filter((key) => !(key in data));
  errors.push(...missing.map((key) => requiredValue(`data[${key}]`)));
  const account = "kubernetes.io/service-account.name";
  if (object["type"] === "kubernetes.io/service-account-token" && textAt(object.metadata.annotations, account) === "") {
    errors.push(requiredValue(`metadata.annotations[${account}]`));
  }
  return errors;
}

/** `stringData` is a way to write `data`; it is never kept. */
function encodeStringData(object: KubeObject): KubeObject {
  const plain = objectAt(object, "stringData");
  const encoded = Object.keys(plain).map((key) => [key, Buffer.from(textAt(plain, key)).toString("base64")]);
  if (encoded.length === 0) return object;
  const data = { ...objectAt(object, "data"), ...(Object.fromEntries(encoded) as JsonObject) };
  return { ...without(object, "stringData"), data };
}

export const secretStrategy: Strategy = {
  ...plainStrategy,
  prepareForCreate: encodeStringData,
  prepareForUpdate: (next, current) => ({ ...encodeStringData(next), type: textAt(next, "type") || current["type"] }),
  validate: checkSecret,
  validateUpdate: (next, current) => [
    ...(next["type"] === current["type"] ? [] : [invalidValue("type", next["type"], IMMUTABLE)]),
    ...checkImmutable(next, current, ["data"]),
    ...checkSecret(next),
  ],
};
