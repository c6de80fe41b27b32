/** Answers what is wrong with a name. A prefix (`generateName`) may end in what a name may not end in. */
export type NameRule = (name: string, asPrefix?: boolean) => readonly string[];

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

interface Format {
  readonly pattern: string;
  readonly maxLength: number;
  readonly explanation: string;
  readonly examples: readonly string[];
}

const FORMATS = {
  subdomain: {
    pattern: SUBDOMAIN,
    maxLength: 253,
    explanation:
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    examples: ["example.com"],
  },
  label: {
    pattern: LABEL,
    maxLength: 63,
    explanation:
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    examples: ["my-name", "123-abc"],
  },
  label1035: {
    pattern: "[a-z]([-a-z0-9]*[a-z0-9])?",
    maxLength: 63,
    explanation:
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    examples: ["my-name", "abc-123"],
  },
  labelValue: {
    pattern: `(${QUALIFIED})?`,
    maxLength: 63,
    explanation:
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    examples: ["MyValue", "my_value", "12345"],
  },
} as const satisfies Record<string, Format>;

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}

/** `…explanation (e.g. 'a',  or 'b', regex used for validation is '…')`, spaces as Kubernetes puts them. */
export function patternMessage(explanation: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return `${explanation} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

function tooLongMessage(maxCharacters: number): string {
  return `must be no more than ${maxCharacters} characters`;
}

function checkLabel(text: string): string[] {
  const problems = check(FORMATS.label, text);
  const isDotted = problems.length > 0 && text.includes(".") && matches(SUBDOMAIN, text);
  return isDotted ? [...problems.slice(0, -1), "must not contain dots"] : problems;
}

function check(format: Format, text: string): string[] {
  const problems: string[] = [];
  if (text.length > format.maxLength) problems.push(tooLongMessage(format.maxLength));
  if (!matches(format.pattern, text)) {
    problems.push(patternMessage(format.explanation, format.pattern, format.examples));
  }
  return problems;
}

function nameRule(problemsOf: (name: string) => readonly string[]): NameRule {
  return (name, asPrefix = false) => problemsOf(asPrefix ? name.replace(/-$/, "a") : name);
}

export const subdomainName: NameRule = nameRule((name) => check(FORMATS.subdomain, name));
export const labelName: NameRule = nameRule(checkLabel);
export const label1035Name: NameRule = nameRule((name) => check(FORMATS.label1035, name));

/** For kinds whose names may be almost anything: it must fit between two slashes. */
export const pathSegmentName: NameRule = (name, asPrefix = false) => {
  if (!asPrefix && (name === "." || name === "..")) return [`may not be '${name}'`];
  return ["/", "%"]
    .filter((character) => name.includes(character))
    .map((character) => `may not contain '${character}'`);
};

export const labelValue = (value: string): readonly string[] => check(FORMATS.labelValue, value);

const QUALIFIED_EXPLANATION =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const QUALIFIED_EXAMPLES = ["MyName", "my.name", "123-abc"];

function prefixProblems(prefix: string): string[] {
  if (prefix === "") return ["prefix part must be non-empty"];
  return check(FORMATS.subdomain, prefix).map((problem) => `prefix part ${problem}`);
}

/** A key of labels, annotations, finalizers: `name` or `prefix.domain/name`. */
export function qualifiedName(key: string): readonly string[] {
  const parts = key.split("/");
  if (parts.length > 2) {
    const message = patternMessage(QUALIFIED_EXPLANATION, QUALIFIED, QUALIFIED_EXAMPLES);
    return [`a qualified name ${message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1) ?? "";
  const problems = parts.length === 2 ? prefixProblems(parts[0] ?? "") : [];
  if (name === "") problems.push("name part must be non-empty");
  else if (name.length > 63) problems.push(`name part ${tooLongMessage(63)}`);
  if (!matches(QUALIFIED, name)) {
    problems.push(`name part ${patternMessage(QUALIFIED_EXPLANATION, QUALIFIED, QUALIFIED_EXAMPLES)}`);
  }
  return problems;
}

/** Keys of config maps and secrets. */
export function configMapKey(key: string): readonly string[] {
  const problems: string[] = [];
  if (key.length > 253) problems.push(tooLongMessage(253));
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    const explanation = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    problems.push(patternMessage(explanation, "[-._a-zA-Z0-9]+", ["key.name", "KEY_NAME", "key-name"]));
  }
  if (key === "." || key === "..") problems.push(`must not be '${key}'`);
  else if (key.startsWith("..")) problems.push("must not start with '..'");
  return problems;
}
