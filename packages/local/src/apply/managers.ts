import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import { listAt, objectAt, textAt } from "../json/at.ts";
import type { FieldTree } from "./field-tree.ts";

/** Who has applied which fields. Those that come by other writes belong to nobody (LIMITS.md). */
export interface Manager {
  readonly name: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly fields: FieldTree;
  readonly apiVersion: string;
  readonly time: string;
}

export function managersOf(object: KubeObject): Manager[] {
  return listAt(object, "metadata", "managedFields").map((entry) => ({
    name: textAt(entry, "manager"),
    subresource: textAt(entry, "subresource"),
    fields: objectAt(entry, "fieldsV1") as FieldTree,
    apiVersion: textAt(entry, "apiVersion"),
    time: textAt(entry, "time"),
  }));
}

export function managedFields(managers: readonly Manager[]): JsonValue {
  return managers.map(({ name, subresource, fields, apiVersion, time }): JsonObject => ({
    manager: name,
    operation: "Apply",
    apiVersion,
    time,
    fieldsType: "FieldsV1",
    fieldsV1: fields,
    ...(subresource === "" ? {} : { subresource }),
  }));
}
