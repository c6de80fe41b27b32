import { badRequest } from "../errors/refusals.ts";
import { labelValue, qualifiedName } from "../kinds/name-rules.ts";

export type Labels = Readonly<Record<string, string>>;
export type LabelSelector = (labels: Labels) => boolean;

const OPERATORS = ["in", "notin", "=", "==", "!=", "gt", "lt"] as const;

const TOKEN = /\s*(==|!=|=|!|,|\(|\)|>|<|[^\s=!,()<>]+)/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1] ?? "");
  return tokens;
}

const SYMBOLS: ReadonlySet<string> = new Set(["", "=", "==", "!=", "!", ",", "(", ")", ">", "<"]);

/** Reads tokens one after the other; `""` is the end. */
class Tokens {
  readonly #tokens: readonly string[];
  #index = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get next(): string {
    return this.#tokens[this.#index] ?? "";
  }

  take(): string {
    const token = this.next;
    this.#index += 1;
    return token;
  }
}

/** Parses `a=b,c!=d,e in (f,g),h,!i`; refuses what it cannot read in Kubernetes' words. */
export function parseLabelSelector(text: string): LabelSelector {
  const tokens = new Tokens(text);
  const requirements: LabelSelector[] = [];
  while (tokens.next !== "") {
    if (tokens.next !== "!" && SYMBOLS.has(tokens.next)) {
      throw badRequest(`found '${tokens.next}', expected: !, identifier, or 'end of string'`);
    }
    requirements.push(parseRequirement(tokens));
    endRequirement(tokens);
  }
  return (labels) => requirements.every((matches) => matches(labels));
}

function endRequirement(tokens: Tokens): void {
  const token = tokens.take();
  if (token === "") return;
  if (token !== ",") throw badRequest(`found '${token}', expected: ',' or 'end of string'`);
  if (tokens.next !== "!" && SYMBOLS.has(tokens.next)) {
    throw badRequest(`found '${tokens.next}', expected: identifier after ','`);
  }
}

function unreadable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}

function parseRequirement(tokens: Tokens): LabelSelector {
  const negated = tokens.next === "!";
  if (negated) tokens.take();
  const key = tokens.take();
  if (SYMBOLS.has(key)) throw unreadable(`found '${key}', expected: identifier`);
  const problems = qualifiedName(key);
  if (problems.length > 0) throw unreadable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join("; ")}`);
  if (negated) return (labels) => !Object.hasOwn(labels, key);
  if (tokens.next === "" || tokens.next === ",") return (labels) => Object.hasOwn(labels, key);
  return parseComparison(key, tokens);
}

function parseComparison(key: string, tokens: Tokens): LabelSelector {
  const operator = tokens.take();
  switch (operator) {
    case "in":
    case "notin": {
      const values = parseValues(key, tokens);
      const isIn = (labels: Labels): boolean => Object.hasOwn(labels, key) && values.has(labels[key] ?? "");
      return operator === "in" ? isIn : (labels) => !isIn(labels);
    }
    case "=":
    case "==": {
      const value = exactValue(key, tokens);
      return (labels) => Object.hasOwn(labels, key) && labels[key] === value;
    }
    case "!=": {
      const value = exactValue(key, tokens);
      return (labels) => !Object.hasOwn(labels, key) || labels[key] !== value;
    }
    case ">":
    case "<":
      return compareNumbers(key, operator, exactValue(key, tokens));
    default:
      throw unreadable(`found '${operator}', expected: ${OPERATORS.join(", ")}`);
  }
}

function compareNumbers(key: string, operator: ">" | "<", value: string): LabelSelector {
  const bound = Number(value);
  if (!Number.isInteger(bound)) {
    const rule = "for 'Gt', 'Lt' operators, the value must be an integer";
    throw unreadable(`values[0]: Invalid value: ${JSON.stringify(value)}: ${rule}`);
  }
  return (labels) => {
    const actual = Object.hasOwn(labels, key) ? Number(labels[key]) : Number.NaN;
    return operator === ">" ? actual > bound : actual < bound;
  };
}

function checkedValue(key: string, value: string, index: number): string {
  const problems = labelValue(value);
  if (problems.length === 0) return value;
  throw unreadable(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problems.join("; ")}`);
}

function exactValue(key: string, tokens: Tokens): string {
  if (tokens.next === "" || tokens.next === ",") return "";
  const value = tokens.take();
  if (SYMBOLS.has(value)) throw unreadable(`found '${value}', expected: identifier`);
  return checkedValue(key, value, 0);
}

function parseValues(key: string, tokens: Tokens): ReadonlySet<string> {
  const open = tokens.take();
  if (open !== "(") throw unreadable(`found '${open}' expected: '('`);
  const values = new Set<string>();
  for (;;) {
    const value = tokens.next === "," || tokens.next === ")" ? "" : tokens.take();
    if (value === "" && tokens.next === "") throw unreadable("found '', expected: ',', ')' or identifier");
    values.add(checkedValue(key, value, values.size));
    const end = tokens.take();
    if (end === ")") return values;
    if (end !== ",") throw unreadable(`found '${end}', expected: ',' or ')'`);
  }
}
