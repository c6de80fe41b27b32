import { parseArguments } from "./arguments.ts";
import type { Node } from "./ast.ts";
import type { Grammar } from "./grammar.ts";

/** What may follow a value: `.name`, `?.name`, `[key]`, `[from:to]`, `.method(…)`. */
export function parsePostfix(grammar: Grammar, start: Node): Node {
  const { cursor } = grammar;
  let node = start;
  for (;;) {
    if (cursor.operator("?.") && cursor.following.kind === "bracket" && cursor.following.text === "[") {
      cursor.advance();
      node = bracketed(grammar, node, true);
    } else if (cursor.operator(".") || cursor.operator("?.")) {
      node = named(grammar, node, cursor.advance().text === "?.");
    } else if (cursor.bracket("[")) {
      node = bracketed(grammar, node, false);
    } else {
      return node;
    }
  }
}

// A chain that goes on stays one chain: in `a?.b.c`, nothing after an `a` that is nil is looked at.
function named(grammar: Grammar, node: Node, optional: boolean): Node {
  const { cursor } = grammar;
  const { text, position } = cursor.current;
  const isName = cursor.is("identifier") || (cursor.is("operator") && /^[\p{L}_$]/u.test(text));
  if (!isName) throw cursor.unexpected("a name");
  cursor.advance();
  const chained = node.kind === "chain";
  const object = chained ? node.link : node;
  const key: Node = { kind: "literal", value: text, position };
  const member: Node = { kind: "member", object, key, optional, position };
  const link: Node = cursor.bracket("(")
    ? { kind: "call", callee: member, args: parseArguments(grammar, []), position }
    : member;
  return chained || optional ? { kind: "chain", link, position } : link;
}

function bracketed(grammar: Grammar, object: Node, optional: boolean): Node {
  const { cursor } = grammar;
  const { position } = cursor.expect("bracket", "[");
  const from = cursor.operator(":") ? undefined : grammar.expression();
  if (cursor.take("operator", ":")) {
    const to = cursor.bracket("]") ? undefined : grammar.expression();
    cursor.expect("bracket", "]");
    return { kind: "slice", object, from, to, position };
  }
  cursor.expect("bracket", "]");
  if (from === undefined) throw cursor.unexpected();
  const member: Node = { kind: "member", object, key: from, optional, position };
  return optional ? { kind: "chain", link: member, position } : member;
}
