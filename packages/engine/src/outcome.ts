/** A value, or why there is none. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Failure;

export interface Failure {
  readonly ok: false;
  readonly message: string;
}

export function succeeded<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failed(message: string): Failure {
  return { ok: false, message };
}
