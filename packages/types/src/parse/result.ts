/** One thing that is wrong with a value, and where. */
export interface Issue {
  /** Field path from the root of the parsed object, as Kubernetes writes it: `spec.templates[0].name`. Empty for the root itself. */
  readonly path: string;
  readonly message: string;
}

/** What a parser answers: the typed value, or everything that is wrong with it. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failure<T>(path: string, message: string): Result<T> {
  return { ok: false, issues: [{ path, message }] };
}

/** One line for people: `spec.entrypoint must be a string, not false; spec.templates must be a list, not "x"`. */
export function formatIssues(issues: readonly Issue[]): string {
  return issues.map((issue) => (issue.path === "" ? issue.message : `${issue.path} ${issue.message}`)).join("; ");
}
