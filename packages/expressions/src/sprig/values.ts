import type { Functions } from "../builtins/builtin.ts";
import { ExpressionError } from "../error.ts";
import { jsonText } from "../go/json.ts";
import { kindOf } from "../kind.ts";
import type { CallContext, Value } from "../value.ts";
import { isEmpty } from "./cast.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

export const SPRIG_VALUES: Functions = [
  ["default", (args) => (args.length < 2 || isEmpty(args.at(1)) ? args.at(0) : args.at(1))],
  ["empty", (args) => isEmpty(args.at(0))],
  ["coalesce", (args) => args.values.find((value) => !isEmpty(value)) ?? null],
  ["ternary", (args) => (args.at(2) === true ? args.at(0) : args.at(1))],
  ["all", (args) => args.values.every((value) => !isEmpty(value))],
  ["any", (args) => args.values.some((value) => !isEmpty(value))],
  [
    "fail",
    (args) => {
      throw new ExpressionError(args.text(0));
    },
  ],
  ["deepEqual", (args) => typeof args.at(0) === typeof args.at(1) && jsonText(args.at(0)) === jsonText(args.at(1))],
  ["kindOf", (args) => goKind(args.at(0))],
  ["kindIs", (args) => goKind(args.at(1)) === args.text(0)],
  ["randAlphaNum", (args, context) => randomText(args.whole(0), LETTERS + DIGITS, context)],
  ["randAlpha", (args, context) => randomText(args.whole(0), LETTERS, context)],
  ["randNumeric", (args, context) => randomText(args.whole(0), DIGITS, context)],
  ["uuidv4", (_args, context) => uuid(context)],
  [
    "base",
    (args) =>
      cleanPath(args.text(0))
        .split("/")
        .findLast((part) => part !== "") ?? (args.text(0) === "" ? "." : "/"),
  ],
  ["dir", (args) => parentOf(args.text(0))],
  ["clean", (args) => cleanPath(args.text(0))],
  ["ext", (args) => /\.[^./]*$/.exec(args.text(0))?.[0] ?? ""],
  ["isAbs", (args) => args.text(0).startsWith("/")],
];

const GO_KINDS: Readonly<Record<string, string>> = { float: "float64", list: "slice", nil: "invalid", bytes: "slice" };

function goKind(value: Value): string {
  const kind = kindOf(value);
  return GO_KINDS[kind] ?? kind;
}

function randomText(length: number, characters: string, context: CallContext): string {
  context.spend(Math.max(0, length));
  const one = (): string => characters[Math.floor(context.random() * characters.length)] ?? "";
  return Array.from({ length: Math.max(0, length) }, one).join("");
}

function uuid(context: CallContext): string {
  const digit = (): number => Math.floor(context.random() * 16);
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replaceAll(/[xy]/g, (place) =>
    (place === "x" ? digit() : (digit() % 4) + 8).toString(16),
  );
}

// As Go's path.Clean.
function cleanPath(path: string): string {
  const parts: string[] = [];
  const rooted = path.startsWith("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!rooted) parts.push(part);
  }
  const text = (rooted ? "/" : "") + parts.join("/");
  return text === "" ? "." : text;
}

function parentOf(path: string): string {
  const end = path.lastIndexOf("/");
  return cleanPath(path.slice(0, end + 1));
}
