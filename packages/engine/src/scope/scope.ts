import type { ConfigMaps } from "../config-maps/config-maps.ts";
import { own } from "../own.ts";

/** Stands for an output of a node that was skipped or omitted, where nothing names a default: known, yet without a value. */
export const ABSENT = Symbol("absent");

/** Undefined: nothing of that name is known here. */
export type TagValue = string | typeof ABSENT | undefined;

/** The variables that tags can name at one place of a Workflow. Values are looked up when asked for, not before. */
export interface Scope {
  get(name: string): TagValue;
  /** What could be asked for, for messages. */
  names(): Iterable<string>;
  /** Tells this place from others that see the same names: chance in expressions differs with it. */
  readonly seed?: string | undefined;
  /** The time that expressions are told. */
  readonly nowMs?: number | undefined;
  /** Where `valueFrom.configMapKeyRef` is looked up. */
  readonly configMaps?: ConfigMaps | undefined;
}

/** The first scope that knows a name answers. */
export function layered(...scopes: readonly Scope[]): Scope {
  return {
    get(name) {
      for (const scope of scopes) {
        const value = scope.get(name);
        if (value !== undefined) return value;
      }
      return undefined;
    },
    *names() {
      for (const scope of scopes) yield* scope.names();
    },
    get seed() {
      return scopes.flatMap(({ seed }) => seed ?? []).join("/");
    },
    get nowMs() {
      return scopes.find(({ nowMs }) => nowMs !== undefined)?.nowMs;
    },
    get configMaps() {
      return scopes.find(({ configMaps }) => configMaps !== undefined)?.configMaps;
    },
  };
}

export function fixedScope(values: Readonly<Record<string, string>>): Scope {
  return {
    get: (name) => own(values, name),
    names: () => Object.keys(values),
  };
}
