import { ExpressionError } from "../error.ts";
import { indexInBytes } from "../go/bytes.ts";
import { replaceText, splitText, trimCharacters, trimSpace } from "../go/strings.ts";
import { LIMITS } from "../limits.ts";
import type { Functions } from "./builtin.ts";

export const TEXTS: Functions = [
  ["trim", (args) => (args.length === 1 ? trimSpace(args.text(0)) : trimCharacters(args.text(0), args.text(1)))],
  ["trimPrefix", (args) => withoutPrefix(args.text(0), args.textOr(1, " "))],
  ["trimSuffix", (args) => withoutSuffix(args.text(0), args.textOr(1, " "))],
  ["upper", (args) => args.text(0).toUpperCase()],
  ["lower", (args) => args.text(0).toLowerCase()],
  ["split", (args) => splitText(args.text(0), args.text(1), args.length > 2 ? args.whole(2) : -1)],
  ["splitAfter", (args) => splitAfter(args.text(0), args.text(1), args.length > 2 ? args.whole(2) : -1)],
  ["replace", (args) => replaceText(args.text(0), args.text(1), args.text(2), args.length > 3 ? args.whole(3) : -1)],
  ["repeat", (args) => repeatText(args.text(0), args.whole(1))],
  [
    "join",
    (args) => {
      const list = args.list(0).map((item) => (typeof item === "string" ? item : undefined));
      if (!list.every((item) => item !== undefined)) throw new ExpressionError("join takes a list of strings");
      return list.join(args.textOr(1, ""));
    },
  ],
  ["indexOf", (args) => indexInBytes(args.text(0), args.text(0).indexOf(args.text(1)))],
  ["lastIndexOf", (args) => indexInBytes(args.text(0), args.text(0).lastIndexOf(args.text(1)))],
  ["hasPrefix", (args) => args.text(0).startsWith(args.text(1))],
  ["hasSuffix", (args) => args.text(0).endsWith(args.text(1))],
];

export function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

export function withoutSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
}

/** Refuses before it makes what is too large. */
export function repeatText(text: string, times: number): string {
  if (times < 0) throw new ExpressionError(`a text cannot be repeated ${times} times`);
  if (text.length * times > LIMITS.cells) throw new ExpressionError(`a text repeated ${times} times is too long`);
  return text.repeat(times);
}

function splitAfter(text: string, separator: string, limit: number): readonly string[] {
  const parts = splitText(text, separator, limit);
  return parts.map((part, index) => (index < parts.length - 1 ? part + separator : part));
}
