import { apiVersionOf } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { badRequest } from "../errors/refusals.ts";
import type { Column, Kind } from "../kinds/kind.ts";

const INCLUDED = ["", "Metadata", "Object", "None"] as const;
export type IncludeObject = (typeof INCLUDED)[number];

/** What each row carries of its object. */
export function includeObject(query: URLSearchParams): IncludeObject {
  const text = query.get("includeObject") ?? "";
  const found = INCLUDED.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export interface TableOptions {
  readonly metadata: object;
  readonly include: IncludeObject;
  readonly nowMs: number;
  /** A watch sends the columns with its first event only. */
  readonly withColumns: boolean;
}

/** Objects as `kubectl get` prints them. */
export function table(kind: Kind, objects: readonly KubeObject[], options: TableOptions): object {
  const { metadata, include, nowMs, withColumns } = options;
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: withColumns ? kind.columns.map(definition) : null,
    rows: objects.map((object) => ({
      cells: kind.columns.map((column) => column.cell(object, nowMs)),
      object: include === "None" ? null : included(kind, object, include),
    })),
  };
}

function definition(column: Column): object {
  const { name, type, format, description, priority } = column;
  return { name, type, format, description, priority };
}

function included(kind: Kind, object: KubeObject, include: IncludeObject): object {
  if (include !== "Object") return metadataOnly(object);
  return { kind: kind.resource.kind, apiVersion: apiVersionOf(kind.resource), ...object };
}

/** An object without all that makes its kind. */
export function metadataOnly(object: KubeObject): object {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}
