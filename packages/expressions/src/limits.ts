/** What one expression may use. An expression comes from a user; it must not stop the workflows of all others. */
export const LIMITS = {
  /** Characters of its source. */
  sourceLength: 65_536,
  /** Nodes of its syntax tree; expr-lang has the same limit. */
  nodes: 10_000,
  /** How deep its syntax, and any value that it makes, may be nested. */
  depth: 200,
  /** How deep the tree may become where nothing looks nested, as in long sums. */
  treeDepth: 1_000,
  /** Nodes evaluated, each turn of a loop counted. */
  steps: 1_000_000,
  /** List items, map entries and characters made on the way. */
  cells: 4_000_000,
  /** Items of one range; expr-lang has the same limit. */
  range: 1_000_000,
} as const;
