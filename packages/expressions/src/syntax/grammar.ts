import type { Node } from "./ast.ts";
import type { Cursor } from "./cursor.ts";

/** What the parts of the grammar need of each other. */
export interface Grammar {
  readonly cursor: Cursor;
  expression(): Node;
  sequence(): Node;
  predicate(): Node;
}
