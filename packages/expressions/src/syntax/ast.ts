/** What an expression says. Each node knows where it begins in the source. */
export type Node = { readonly position: number } & Shape;

type Shape =
  | { readonly kind: "literal"; readonly value: null | boolean | bigint | number | string | Uint8Array }
  | { readonly kind: "identifier"; readonly name: string }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Node }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly kind: "member"; readonly object: Node; readonly key: Node; readonly optional: boolean }
  /** The end of what `?.` leaves out: nil, if something in it was nil. */
  | { readonly kind: "chain"; readonly link: Node }
  | { readonly kind: "slice"; readonly object: Node; readonly from: Node | undefined; readonly to: Node | undefined }
  | { readonly kind: "call"; readonly callee: Node; readonly args: readonly Node[] }
  | { readonly kind: "builtin"; readonly name: string; readonly args: readonly Node[] }
  /** An expression that a builtin evaluates for each item, such as `# > 1`. */
  | { readonly kind: "predicate"; readonly body: Node }
  /** `#` is "", `#acc` is "acc". */
  | { readonly kind: "pointer"; readonly name: string }
  | { readonly kind: "let"; readonly name: string; readonly value: Node; readonly body: Node }
  | { readonly kind: "sequence"; readonly nodes: readonly Node[] }
  | { readonly kind: "conditional"; readonly condition: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | { readonly kind: "map"; readonly pairs: readonly (readonly [Node, Node])[] };

export type NodeOf<Kind extends Node["kind"]> = Extract<Node, { kind: Kind }>;

const CHILDREN: { readonly [Kind in Node["kind"]]: (node: NodeOf<Kind>) => readonly Node[] } = {
  literal: () => [],
  identifier: () => [],
  pointer: () => [],
  unary: ({ operand }) => [operand],
  binary: ({ left, right }) => [left, right],
  member: ({ object, key }) => [object, key],
  chain: ({ link }) => [link],
  slice: ({ object, from, to }) => [object, from, to].filter((node) => node !== undefined),
  call: ({ callee, args }) => [callee, ...args],
  builtin: ({ args }) => args,
  predicate: ({ body }) => [body],
  let: ({ value, body }) => [value, body],
  sequence: ({ nodes }) => nodes,
  conditional: ({ condition, yes, no }) => [condition, yes, no],
  list: ({ items }) => items,
  map: ({ pairs }) => pairs.flat(),
};

export function childrenOf(node: Node): readonly Node[] {
  const children = CHILDREN[node.kind] as (node: Node) => readonly Node[];
  return children(node);
}
