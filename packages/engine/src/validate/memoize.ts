import type { Template } from "@outrigger/types";
import { memoProblem } from "../memoize/memo.ts";
import type { Findings, Place } from "./findings.ts";

export function checkMemoize({ memoize }: Template, place: Place, findings: Findings): void {
  const problem = memoize === undefined ? undefined : memoProblem(memoize);
  if (problem !== undefined) findings.reportField(`${place.path}.memoize${problem.path}`, problem.message);
}
