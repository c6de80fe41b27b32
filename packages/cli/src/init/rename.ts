/** What a plugin is called in its files, before and after. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
  /** `to`, as it stands in code. */
  readonly identifier: string;
  /** The ports of the one, and those that take their place. */
  readonly ports: ReadonlyMap<string, string>;
}

/** A file under its new name. */
export function renamePath(path: string, { from, to }: Renaming): string {
  return path.replaceAll(word(from), to);
}

/** Its text: in code the name is an identifier, everywhere else (texts, comments, YAML) a word. */
export function renameText(path: string, text: string, renaming: Renaming): string {
  const { from, to, ports } = renaming;
  // What it says of itself is not true of another.
  if (path === "plugin.yaml") return renameText("", text.replace(DESCRIPTION, "$1What it does, in a line"), renaming);
  const renamed = path.endsWith(".ts") ? renameCode(withoutRegions(text), renaming) : text.replaceAll(word(from), to);
  return [...ports].reduce(
    (before, [port, other]) => before.replaceAll(new RegExp(`\\b${port}\\b`, "g"), other),
    renamed,
  );
}

const DESCRIPTION = /(workflows\.argoproj\.io\/description: ).*/;
const TEXTS = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/.*|\/\*[\s\S]*?\*\//g;
const PLACEHOLDER = /\$\{[^}]*\}/g;

function renameCode(text: string, { from, to, identifier }: Renaming): string {
  const inText = (part: string): string => part.replaceAll(word(from), to);
  const inCode = (part: string): string => part.replaceAll(new RegExp(`\\b${from}(?=[A-Z]|\\b)`, "g"), identifier);
  return eachPart(text, TEXTS, inCode, (part) => eachPart(part, PLACEHOLDER, inText, inCode));
}

function eachPart(
  text: string,
  pattern: RegExp,
  between: (part: string) => string,
  matched: (part: string) => string,
): string {
  let end = 0;
  let result = "";
  for (const match of text.matchAll(pattern)) {
    result += between(text.slice(end, match.index)) + matched(match[0]);
    end = match.index + match[0].length;
  }
  return result + between(text.slice(end));
}

// They mark what goes into our own reference.
function withoutRegions(text: string): string {
  return text.replaceAll(/^\s*\/\/ #(?:end)?region.*\n/gm, "");
}

// Not as part of an address, such as hooks.slack.com.
function word(name: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${name}(?![A-Za-z0-9]|\\.(?:com|dev)\\b)`, "g");
}

/** A name as an identifier: `count-words` becomes `countWords`; longer, where that means something already in these texts. */
export function identifierOf(name: string, codes: readonly string[]): string {
  const taken = new Set([...RESERVED, ...codes.flatMap((code) => code.match(/[A-Za-z_$][\w$]*/g) ?? [])]);
  let identifier = name.replaceAll(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  while (taken.has(identifier)) identifier += "Plugin";
  return identifier;
}

const RESERVED =
  "break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield await async eval arguments undefined".split(
    " ",
  );
