import { attempt, ExpressionError } from "./error.ts";
import type { Problem } from "./error.ts";
import { evaluate } from "./evaluate/evaluator.ts";
import { Run } from "./evaluate/frame.ts";
import type { Environment } from "./evaluate/frame.ts";
import { LIMITS } from "./limits.ts";
import { childrenOf } from "./syntax/ast.ts";
import type { Node } from "./syntax/ast.ts";
import { parse } from "./syntax/parser.ts";
import { referencesOf } from "./syntax/references.ts";
import type { Reference } from "./syntax/references.ts";
import type { Value } from "./value.ts";

/** An expression that has been read, ready to be evaluated any number of times. */
export class Expression {
  readonly source: string;
  /** The variables that it names, with the fields of theirs that it asks for. */
  readonly references: readonly Reference[];
  readonly #root: Node;

  constructor(source: string, root: Node) {
    this.source = source;
    this.references = referencesOf(root);
    this.#root = root;
  }

  evaluate(environment: Environment): { readonly ok: true; readonly value: Value } | Problem {
    return attempt(this.source, () => {
      for (const { name, position } of this.references) {
        if (!environment.variables.has(name)) throw new ExpressionError(`there is no variable ${name}`, position);
      }
      return evaluate(this.#root, { run: new Run(environment) });
    });
  }
}

/** Reads an expression, or says what is wrong with it and where. */
export function compile(source: string): { readonly ok: true; readonly value: Expression } | Problem {
  return attempt(source, () => {
    if (source.length > LIMITS.sourceLength) {
      throw new ExpressionError(`an expression of ${source.length} characters is too long`);
    }
    const root = parse(source);
    checkSize(root);
    return new Expression(source, root);
  });
}

// Long sums are deep trees, though nothing in them looks nested.
function checkSize(root: Node): void {
  const pending: { readonly node: Node; readonly depth: number }[] = [{ node: root, depth: 1 }];
  let count = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, depth } = next;
    count += 1;
    if (count > LIMITS.nodes) throw new ExpressionError(`it has more than ${LIMITS.nodes} parts`);
    if (depth > LIMITS.treeDepth) throw new ExpressionError(`it is nested too deep`, node.position);
    pending.push(...childrenOf(node).map((child) => ({ node: child, depth: depth + 1 })));
  }
}
