import { ExpressionError } from "../error.ts";
import { parseArguments, parseBuiltin } from "./arguments.ts";
import type { Node } from "./ast.ts";
import { Cursor } from "./cursor.ts";
import type { Grammar } from "./grammar.ts";
import { numberOf } from "./number-literal.ts";
import { BINARY, COMPARISONS, NEGATABLE, UNARY } from "./operators.ts";
import type { Precedence } from "./operators.ts";
import { parsePostfix } from "./postfix.ts";

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["nil", null],
]);

export function parse(source: string): Node {
  return new Parser(source).whole();
}

class Parser implements Grammar {
  readonly cursor: Cursor;
  // How many predicates this place stands in; `#` means something only inside one.
  #predicates = 0;

  constructor(source: string) {
    this.cursor = new Cursor(source);
  }

  whole(): Node {
    const node = this.sequence();
    if (!this.cursor.is("end")) throw this.cursor.unexpected();
    return node;
  }

  sequence(): Node {
    const first = this.expression();
    const nodes = [first];
    while (this.cursor.take("operator", ";")) {
      if (this.cursor.is("end")) break;
      nodes.push(this.expression());
    }
    return nodes.length === 1 ? first : { kind: "sequence", nodes, position: first.position };
  }

  expression(): Node {
    return this.cursor.nested(() => {
      if (this.cursor.operator("let")) return this.#let();
      if (this.cursor.operator("if")) return this.#if();
      return this.#ternary(this.#binary(0));
    });
  }

  predicate(): Node {
    const { position } = this.cursor.current;
    this.#predicates += 1;
    const body = this.cursor.take("bracket", "{") ? this.#closed(() => this.sequence(), "}") : this.expression();
    this.#predicates -= 1;
    return { kind: "predicate", body, position };
  }

  #let(): Node {
    this.cursor.advance();
    const { text: name, position } = this.cursor.expect("identifier");
    this.cursor.expect("operator", "=");
    const value = this.expression();
    this.cursor.expect("operator", ";");
    return { kind: "let", name, value, body: this.sequence(), position };
  }

  #if(): Node {
    const { position } = this.cursor.expect("operator", "if");
    const condition = this.expression();
    const yes = this.#block();
    this.cursor.expect("operator", "else");
    const no = this.cursor.operator("if") ? this.cursor.nested(() => this.#if()) : this.#block();
    return { kind: "conditional", condition, yes, no, position };
  }

  #block(): Node {
    this.cursor.expect("bracket", "{");
    return this.#closed(() => this.sequence(), "}");
  }

  #closed(parse: () => Node, bracket: string): Node {
    const node = parse();
    this.cursor.expect("bracket", bracket);
    return node;
  }

  // `a ? b : c`, and `a ?: b`, which is a if that is true.
  #ternary(condition: Node): Node {
    let node = condition;
    while (this.cursor.operator("?")) {
      const { position } = this.cursor.advance();
      const yes = this.cursor.operator(":") ? node : this.expression();
      this.cursor.expect("operator", ":");
      node = { kind: "conditional", condition: node, yes, no: this.expression(), position };
    }
    return node;
  }

  #binary(level: number): Node {
    let left = this.#unary();
    let before = "";
    for (let next = this.#nextOperator(level); next !== undefined; next = this.#nextOperator(level)) {
      const { operator, negated, precedence, position } = next;
      if (before === "??" && operator !== "??" && operator !== "|") {
        throw new ExpressionError(
          `${operator} and ?? cannot stand side by side: put one of them in parentheses`,
          position,
        );
      }
      left = this.#continue(left, operator, precedence, position);
      if (negated) left = { kind: "unary", operator: "not", operand: left, position };
      before = operator;
    }
    return left;
  }

  #continue(left: Node, operator: string, precedence: Precedence, position: number): Node {
    if (operator === "|") return this.#piped(left);
    if (COMPARISONS.has(operator)) return this.#comparison(left, operator, precedence.level, position);
    const right = this.#deeper(precedence.rightToLeft === true ? precedence.level : precedence.level + 1);
    return { kind: "binary", operator, left, right, position };
  }

  #deeper(level: number): Node {
    return this.cursor.nested(() => this.#binary(level));
  }

  // The operator that goes on with an expression of this level, if one does; it is consumed.
  #nextOperator(level: number) {
    const { kind, text, position } = this.cursor.current;
    if (kind !== "operator") return undefined;
    const negated = text === "not";
    const operator = negated ? this.cursor.following.text : text;
    if (negated && !NEGATABLE.has(operator)) throw this.cursor.unexpected();
    const precedence = BINARY.get(operator);
    if (precedence === undefined || precedence.level < level) return undefined;
    this.cursor.advance();
    if (negated) this.cursor.advance();
    return { operator, negated, precedence, position };
  }

  // `1 < x < 5` means `1 < x && x < 5`.
  #comparison(left: Node, first: string, level: number, position: number): Node {
    let operator = first;
    let operand = left;
    let whole: Node | undefined;
    for (;;) {
      const right = this.#deeper(level + 1);
      const compared: Node = { kind: "binary", operator, left: operand, right, position };
      whole =
        whole === undefined ? compared : { kind: "binary", operator: "&&", left: whole, right: compared, position };
      if (this.cursor.current.kind !== "operator" || !COMPARISONS.has(this.cursor.current.text)) return whole;
      operator = this.cursor.advance().text;
      operand = right;
    }
  }

  // `x | f(y)` means `f(x, y)`.
  #piped(left: Node): Node {
    return this.#call(this.cursor.expect("identifier"), [left]);
  }

  #unary(): Node {
    const { kind, text, position } = this.cursor.current;
    const level = kind === "operator" ? UNARY.get(text) : undefined;
    if (level === undefined) return this.#primary();
    this.cursor.advance();
    const operand = this.#deeper(level);
    return parsePostfix(this, { kind: "unary", operator: text, operand, position });
  }

  #primary(): Node {
    if (this.cursor.take("bracket", "("))
      return parsePostfix(
        this,
        this.#closed(() => this.sequence(), ")"),
      );
    if (this.#predicates > 0 && (this.cursor.operator("#") || this.cursor.operator("."))) {
      return parsePostfix(this, this.#pointer());
    }
    if (this.cursor.take("operator", "::")) return parsePostfix(this, this.#call(this.cursor.expect("identifier"), []));
    return this.#literalOrName();
  }

  #pointer(): Node {
    const { position } = this.cursor.current;
    const named = this.cursor.take("operator", "#") && this.cursor.is("identifier");
    return { kind: "pointer", name: named ? this.cursor.advance().text : "", position };
  }

  #literalOrName(): Node {
    const token = this.cursor.current;
    const { text, position } = token;
    switch (token.kind) {
      case "identifier":
        return this.#name();
      case "number":
        this.cursor.advance();
        return { kind: "literal", value: numberOf(token), position };
      case "string":
        this.cursor.advance();
        return parsePostfix(this, { kind: "literal", value: text, position });
      case "bytes":
        this.cursor.advance();
        return parsePostfix(this, {
          kind: "literal",
          value: Uint8Array.from(text, (byte) => byte.charCodeAt(0)),
          position,
        });
      default:
        if (this.cursor.bracket("[")) return parsePostfix(this, this.#list());
        if (this.cursor.bracket("{")) return parsePostfix(this, this.#map());
        throw this.cursor.unexpected();
    }
  }

  #name(): Node {
    const name = this.cursor.advance();
    const constant = CONSTANTS.get(name.text);
    if (constant !== undefined) return { kind: "literal", value: constant, position: name.position };
    if (this.cursor.bracket("(")) return parsePostfix(this, this.#call(name, []));
    return parsePostfix(this, { kind: "identifier", name: name.text, position: name.position });
  }

  #call({ text: name, position }: { readonly text: string; readonly position: number }, piped: readonly Node[]): Node {
    const builtin = parseBuiltin(this, name, piped);
    if (builtin !== undefined) return { kind: "builtin", name, args: builtin, position };
    return {
      kind: "call",
      callee: { kind: "identifier", name, position },
      args: parseArguments(this, piped),
      position,
    };
  }

  #list(): Node {
    const { position } = this.cursor.advance();
    const items: Node[] = [];
    while (!this.cursor.bracket("]")) {
      if (items.length > 0) this.cursor.expect("operator", ",");
      if (!this.cursor.bracket("]")) items.push(this.expression());
    }
    this.cursor.advance();
    return { kind: "list", items, position };
  }

  #map(): Node {
    const { position } = this.cursor.advance();
    const pairs: (readonly [Node, Node])[] = [];
    while (!this.cursor.bracket("}")) {
      if (pairs.length > 0) this.cursor.expect("operator", ",");
      if (!this.cursor.bracket("}")) pairs.push(this.#pair());
    }
    this.cursor.advance();
    return { kind: "map", pairs, position };
  }

  #pair(): readonly [Node, Node] {
    const key = this.#key();
    this.cursor.expect("operator", ":");
    return [key, this.expression()];
  }

  #key(): Node {
    const { kind, text, position } = this.cursor.current;
    if (kind === "number" || kind === "string" || kind === "identifier") {
      this.cursor.advance();
      return { kind: "literal", value: text, position };
    }
    if (this.cursor.bracket("(")) return this.expression();
    throw this.cursor.unexpected("a key (text, a number, a name, or an expression in parentheses)");
  }
}
