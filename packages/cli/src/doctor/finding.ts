import type { Palette } from "../render/node-tree.ts";

/** How something is: as it should be, worth a look, or in the way. */
export type Verdict = "ok" | "warn" | "fail";

/** What was found out about one thing. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at: a word. */
  readonly check: string;
  /** Which of them, and where it stands. */
  readonly where: string;
  readonly what: string;
  /** What to do next, where something is to be done. */
  readonly next?: string;
}

/** Makes findings of one check. */
export function findings(
  check: string,
): Readonly<Record<Verdict, (where: string, what: string, next?: string) => Finding>> {
  const make =
    (verdict: Verdict) =>
    (where: string, what: string, next?: string): Finding => ({
      verdict,
      check,
      where,
      what,
      ...(next === undefined ? {} : { next }),
    });
  return { ok: make("ok"), warn: make("warn"), fail: make("fail") };
}

const SYMBOLS = { ok: ["✔", "green"], warn: ["⚠", "yellow"], fail: ["✖", "red"] } as const;

/** One finding for people: a line, and one more with what to do. */
export function formatFinding({ verdict, check, where, what, next }: Finding, palette: Palette): string {
  const [symbol, colour] = SYMBOLS[verdict];
  const line = `${palette[colour](symbol)} ${palette.dim(check.padEnd(CHECK_WIDTH))} ${palette.bold(where)}${where === "" ? "" : ": "}${what}\n`;
  return next === undefined ? line : `${line}${" ".repeat(CHECK_WIDTH + 3)}→ ${next}\n`;
}

const CHECK_WIDTH = 10;

/** `2 of 14 fail, 1 is worth a look`. */
export function summary(all: readonly Finding[]): string {
  const count = (verdict: Verdict): number => all.filter((finding) => finding.verdict === verdict).length;
  const [fail, warn] = [count("fail"), count("warn")];
  if (fail + warn === 0) return `all ${all.length} are as they should be`;
  return `of ${all.length}: ${fail} in the way, ${warn} worth a look`;
}
