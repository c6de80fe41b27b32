import type { KubeObject } from "@outrigger/types";
import type { Column } from "../kind.ts";
import { ageOf } from "./human-duration.ts";

type Cell = (object: KubeObject, nowMs: number) => unknown;

interface ColumnOptions {
  readonly type?: string;
  readonly format?: string;
  readonly wide?: boolean;
}

export function column(name: string, cell: Cell, options: ColumnOptions = {}): Column {
  const { type = "string", format = "", wide = false } = options;
  return { name, type, format, description: "", priority: wide ? 1 : 0, cell };
}

export function wideColumn(name: string, cell: Cell): Column {
  return column(name, cell, { wide: true });
}

export const NAME = column("Name", (object) => object.metadata.name ?? "", { format: "name" });
export const AGE = column("Age", (object, nowMs) => ageOf(object.metadata.creationTimestamp, nowMs));
export const CREATED_AT = column("Created At", (object) => object.metadata.creationTimestamp ?? "", { type: "date" });

/** What a kind without columns of its own shows. */
export const PLAIN_COLUMNS: readonly Column[] = [NAME, CREATED_AT];
