import { apiVersionOf } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { stringify } from "yaml";
import { asServed } from "../kinds/kind.ts";
import type { Kind } from "../kinds/kind.ts";
import type { ObjectList } from "../objects/list-objects.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { JSON_TYPE } from "./answer.ts";
import type { BodyAnswer } from "./answer.ts";
import type { Representation } from "./media-type.ts";

const COMMA = Buffer.from(",");

function typeMeta(kind: string, apiVersion: string): string {
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)}`;
}

/** `bare` begins with `{`; it is never empty, since every object has metadata. */
function withTypeMeta(kind: Kind, bare: Buffer): Buffer {
  const head = `${typeMeta(kind.resource.kind, apiVersionOf(kind.resource))},`;
  return Buffer.concat([Buffer.from(head), bare.subarray(1)]);
}

/** The JSON of a stored object as this version of its kind shows it. */
export function storedJson(kind: Kind, stored: StoredObject): Buffer {
  return withTypeMeta(kind, bareJson(kind, stored));
}

function bareJson(kind: Kind, stored: StoredObject): Buffer {
  if (kind.conversion === undefined) return stored.bytes;
  return Buffer.from(JSON.stringify({ ...asServed(kind, stored.object), kind: undefined, apiVersion: undefined }));
}

/** The JSON of a list. Kubernetes' own kinds leave out what each item is; custom ones say it. */
export function listJson(kind: Kind, list: ObjectList): Buffer {
  const encodeItem = kind.shape.from === "schema" ? storedJson : bareJson;
  // Lists of custom kinds always have the field, if only to say that there is no next page.
  const meta = kind.shape.from === "schema" ? { continue: "", ...listMeta(list) } : listMeta(list);
  const listType = typeMeta(`${kind.resource.kind}List`, apiVersionOf(kind.resource));
  const head = `${listType},"metadata":${JSON.stringify(meta)},"items":[`;
  const parts: Buffer[] = [Buffer.from(head)];
  for (const stored of list.items) parts.push(encodeItem(kind, stored), COMMA);
  if (list.items.length > 0) parts.pop();
  parts.push(Buffer.from("]}\n"));
  return Buffer.concat(parts);
}

export function listMeta(list: ObjectList): object {
  return {
    resourceVersion: String(list.version),
    ...(list.continueToken === "" ? {} : { continue: list.continueToken }),
    ...(list.remaining === undefined ? {} : { remainingItemCount: list.remaining }),
  };
}

/** An object that is not stored, or not as it is shown. */
export function objectJson(kind: Kind, object: KubeObject): object {
  return { ...object, kind: kind.resource.kind, apiVersion: apiVersionOf(kind.resource) };
}

export function encoded(status: number, json: Buffer | string, representation: Representation): BodyAnswer {
  if (representation.format === "json") return { status, contentType: JSON_TYPE, body: json };
  return { status, contentType: "application/yaml", body: stringify(JSON.parse(json.toString())) };
}
