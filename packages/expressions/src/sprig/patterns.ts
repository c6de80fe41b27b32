import type { Functions } from "../builtins/builtin.ts";
import { findMatches, matchesPattern } from "../pattern/matcher.ts";
import type { Found } from "../pattern/matcher.ts";

/** The `must…` forms, which report a pattern that cannot be read as an error, are the same: we always do. */
export const SPRIG_PATTERNS: Functions = [
  ["regexMatch", (args) => matchesPattern(args.text(1), args.text(0))],
  ["regexFind", (args) => findTexts(args.text(1), args.text(0), 1)[0] ?? ""],
  ["regexFindAll", (args) => findTexts(args.text(1), args.text(0), args.whole(2))],
  ["regexReplaceAll", (args) => replaced(args.text(1), args.text(0), (match) => expanded(args.text(2), match))],
  ["regexReplaceAllLiteral", (args) => replaced(args.text(1), args.text(0), () => args.text(2))],
  ["regexSplit", (args) => split(args.text(1), args.text(0), args.whole(2))],
  ["regexQuoteMeta", (args) => args.text(0).replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)],
];

interface Match {
  readonly characters: readonly string[];
  readonly found: Found;
}

function findTexts(text: string, pattern: string, limit: number): readonly string[] {
  const characters = Array.from(text);
  const texts: string[] = [];
  for (const found of findMatches(characters, pattern)) {
    if (texts.length === limit) break;
    texts.push(group({ characters, found }, 0));
  }
  return texts;
}

function group({ characters, found }: Match, index: number): string {
  const [begin, end] = [found[2 * index], found[2 * index + 1]];
  return begin === undefined || end === undefined ? "" : characters.slice(begin, end).join("");
}

function replaced(text: string, pattern: string, by: (match: Match) => string): string {
  const characters = Array.from(text);
  let result = "";
  let at = 0;
  for (const found of findMatches(characters, pattern)) {
    result += characters.slice(at, found[0]).join("") + by({ characters, found });
    at = found[1] ?? at;
  }
  return result + characters.slice(at).join("");
}

// `$1` and `${1}`; what names no group of the pattern is nothing.
function expanded(template: string, match: Match): string {
  return template.replaceAll(/\$(?:\$|(\w+)|\{(\w+)\})/g, (text, plain?: string, braced?: string) => {
    if (text === "$$") return "$";
    const name = plain ?? braced ?? "";
    return /^\d+$/.test(name) ? group(match, Number(name)) : "";
  });
}

function split(text: string, pattern: string, limit: number): readonly string[] {
  if (limit === 0) return [];
  const characters = Array.from(text);
  const parts: string[] = [];
  let at = 0;
  for (const [begin = 0, end = 0] of findMatches(characters, pattern)) {
    if (parts.length === limit - 1) break;
    if (end === 0) continue; // nothing stands before an empty match at the start
    parts.push(characters.slice(at, begin).join(""));
    at = end;
  }
  return [...parts, characters.slice(at).join("")];
}
