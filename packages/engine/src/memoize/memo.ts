import { parseGoDuration } from "@outrigger/types";
import type { JsonObject, Memoize } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { Scope } from "../scope/scope.ts";
import type { MemoKey } from "./memo-cache.ts";

/** `memoize` of a template in one run of it, tags replaced. */
export interface Memo extends MemoKey {
  /** Undefined: an entry never gets too old. */
  readonly maxAgeMs: number | undefined;
}

const KEY = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/;

export function readMemo(memoize: Memoize, scope: Scope, place: string): Outcome<Memo> {
  const substitution = new Substitution(scope);
  const written = substitution.json(memoize as JsonObject, `${place}.memoize`) as Memoize;
  if (substitution.problem !== undefined) return failed(substitution.problem);
  const problem = memoProblem(written);
  if (problem !== undefined) return failed(`${place}.memoize${problem.path}: ${problem.message}`);
  const { key, maxAge, cache } = written;
  return succeeded({
    key: key ?? "",
    cacheName: cache?.configMap?.name ?? "",
    maxAgeMs: maxAge === undefined || maxAge === "" ? undefined : parseGoDuration(maxAge),
  });
}

/** What is wrong with it; a text with tags may yet become right. */
export function memoProblem({ key = "", maxAge = "", cache }: Memoize): MemoProblem | undefined {
  const rules: readonly (readonly [path: string, value: string, problem: Problem])[] = [
    [".key", key, keyProblem],
    [".cache.configMap.name", cache?.configMap?.name ?? "", required],
    [".maxAge", maxAge, ageProblem],
  ];
  return rules.flatMap(([path, value, problem]) => {
    const message = value.includes("{{") ? undefined : problem(value);
    return message === undefined ? [] : [{ path, message }];
  })[0];
}

type Problem = (value: string) => string | undefined;

const required: Problem = (value) => (value === "" ? "is required" : undefined);

const keyProblem: Problem = (key) =>
  KEY.test(key) ? undefined : (required(key) ?? `invalid cache key '${key}': it must be letters, digits and '-'`);

const ageProblem: Problem = (age) =>
  age === "" || parseGoDuration(age) !== undefined ? undefined : `must be a duration such as 30m or 24h, not '${age}'`;

interface MemoProblem {
  /** Below `memoize`. */
  readonly path: string;
  readonly message: string;
}
