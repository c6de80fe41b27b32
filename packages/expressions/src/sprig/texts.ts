import type { Functions } from "../builtins/builtin.ts";
import { repeatText, withoutPrefix, withoutSuffix } from "../builtins/texts.ts";
import { ExpressionError } from "../error.ts";
import { splitText, trimCharacters, trimSpace } from "../go/strings.ts";
import { utf8Bytes, utf8Text } from "../go/base64.ts";
import { isList } from "../value.ts";
import type { Value } from "../value.ts";
import { castText } from "./cast.ts";

/** As in templates, what a function works on comes last. */
export const SPRIG_TEXTS: Functions = [
  ["trim", (args) => trimSpace(args.text(0))],
  ["trimAll", (args) => trimCharacters(args.text(1), args.text(0))],
  ["trimall", (args) => trimCharacters(args.text(1), args.text(0))],
  ["trimPrefix", (args) => withoutPrefix(args.text(1), args.text(0))],
  ["trimSuffix", (args) => withoutSuffix(args.text(1), args.text(0))],
  ["upper", (args) => args.text(0).toUpperCase()],
  ["lower", (args) => args.text(0).toLowerCase()],
  ["title", (args) => args.text(0).replaceAll(WORD_START, (start) => start.toUpperCase())],
  ["untitle", (args) => args.text(0).replaceAll(WORD_START, (start) => start.toLowerCase())],
  ["swapcase", (args) => Array.from(args.text(0), swapCase).join("")],
  ["repeat", (args) => repeatText(args.text(1), args.whole(0))],
  ["substr", (args) => substring(args.text(2), args.whole(0), args.whole(1))],
  ["trunc", (args) => truncated(args.text(1), args.whole(0))],
  ["nospace", (args) => args.text(0).replaceAll(/\s/gu, "")],
  [
    "initials",
    (args) =>
      args
        .text(0)
        .split(/\s+/u)
        .map((word) => Array.from(word)[0] ?? "")
        .join(""),
  ],
  ["contains", (args) => args.text(1).includes(args.text(0))],
  ["hasPrefix", (args) => args.text(1).startsWith(args.text(0))],
  ["hasSuffix", (args) => args.text(1).endsWith(args.text(0))],
  [
    "quote",
    (args) =>
      given(args.values)
        .map((value) => JSON.stringify(castText(value)))
        .join(" "),
  ],
  [
    "squote",
    (args) =>
      given(args.values)
        .map((value) => `'${castText(value)}'`)
        .join(" "),
  ],
  ["cat", (args) => given(args.values).map(castText).join(" ")],
  ["indent", (args) => indented(args.text(1), args.whole(0))],
  ["nindent", (args) => `\n${indented(args.text(1), args.whole(0))}`],
  ["replace", (args) => args.text(2).replaceAll(args.text(0), () => args.text(1))],
  ["plural", (args) => (args.whole(2) === 1 ? args.text(0) : args.text(1))],
  ["snakecase", (args) => wordsOf(args.text(0)).join("_")],
  ["kebabcase", (args) => wordsOf(args.text(0)).join("-")],
  ["camelcase", (args) => wordsOf(args.text(0)).map(capitalized).join("")],
  ["splitList", (args) => splitText(args.text(1), args.text(0), -1)],
  ["split", (args) => numbered(splitText(args.text(1), args.text(0), -1))],
  ["splitn", (args) => numbered(splitText(args.text(2), args.text(0), args.whole(1)))],
  ["join", (args) => textsOf(args.at(1)).join(args.text(0))],
  ["sortAlpha", (args) => textsOf(args.at(0)).toSorted((a, b) => (a < b ? -1 : Number(a > b)))],
  ["toString", (args) => castText(args.at(0))],
  ["toStrings", (args) => textsOf(args.at(0))],
];

const WORD_START = /(?<![\p{L}\p{N}_'])\p{L}/gu;

function swapCase(character: string): string {
  const upper = character.toUpperCase();
  return character === upper ? character.toLowerCase() : upper;
}

// By bytes, as Go cuts; what is cut in half goes.
function substring(text: string, start: number, end: number): string {
  const bytes = utf8Bytes(text);
  if (start > bytes.length) throw new ExpressionError(`substr starts at ${start}, beyond the end of the text`);
  if (start < 0) return utf8Text(bytes.slice(0, Math.max(end, 0)));
  return utf8Text(end < 0 || end > bytes.length ? bytes.slice(start) : bytes.slice(start, end));
}

function truncated(text: string, length: number): string {
  const bytes = utf8Bytes(text);
  if (length < 0) return bytes.length + length > 0 ? utf8Text(bytes.slice(bytes.length + length)) : text;
  return bytes.length > length ? utf8Text(bytes.slice(0, length)) : text;
}

function given(values: readonly Value[]): readonly Value[] {
  return values.filter((value) => value !== null);
}

function indented(text: string, spaces: number): string {
  const pad = repeatText(" ", spaces);
  return pad + text.replaceAll("\n", `\n${pad}`);
}

// `FirstName`, `first_name` and `HTTPServer2` consist of words.
function wordsOf(text: string): readonly string[] {
  const spaced = text.replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2").replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2");
  return spaced
    .split(/[\s_\-.]+/u)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

function capitalized(word: string): string {
  return word.replace(/^./u, (first) => first.toUpperCase());
}

function numbered(parts: readonly string[]): Value {
  return new Map(parts.map((part, index) => [`_${index}`, part]));
}

function textsOf(value: Value): readonly string[] {
  if (value === null) return [];
  return isList(value) ? given(value).map(castText) : [castText(value)];
}
