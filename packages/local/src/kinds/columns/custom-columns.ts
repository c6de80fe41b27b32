import type { JsonObject, KubeObject } from "@outrigger/types";
import { listAt, numberAt, objectAt, textAt } from "../../json/at.ts";
import type { Column } from "../kind.ts";
import { AGE, NAME } from "./column.ts";
import { ageOf } from "./human-duration.ts";
import { parseJsonPath } from "./json-path.ts";
import type { JsonPath } from "./json-path.ts";

type Show = (value: unknown, nowMs: number) => unknown;

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function ofType(type: string): Show {
  return (value) => (typeof value === type ? value : null);
}

const SHOW: Readonly<Record<string, Show>> = {
  string: asText,
  integer: (value) => (typeof value === "number" ? Math.trunc(value) : null),
  number: ofType("number"),
  boolean: ofType("boolean"),
  date: (value, nowMs) => {
    if (typeof value !== "string") return null;
    return Number.isNaN(Date.parse(value)) ? "<invalid>" : ageOf(value, nowMs);
  },
};

function cellOf(path: JsonPath | undefined, type: string): Column["cell"] {
  const show = SHOW[type] ?? asText;
  return (object: KubeObject, nowMs: number) => {
    const value = path?.(object);
    return value === undefined || value === null ? null : show(value, nowMs);
  };
}

function customColumn(definition: JsonObject): Column {
  const type = textAt(definition, "type");
  const path = textAt(definition, "jsonPath");
  return {
    name: textAt(definition, "name"),
    type,
    format: textAt(definition, "format"),
    description: textAt(definition, "description") || `Custom resource definition column (in JSONPath format): ${path}`,
    priority: numberAt(definition, "priority") ?? 0,
    cell: cellOf(parseJsonPath(path), type),
  };
}

/** The columns that a version of a CustomResourceDefinition asks for; name and age if it asks for none. */
export function customColumns(version: JsonObject): readonly Column[] {
  const asked = listAt(version, "additionalPrinterColumns");
  if (asked.length === 0) return [NAME, { ...AGE, type: "date" }];
  return [NAME, ...asked.map((definition) => customColumn(objectAt(definition)))];
}
