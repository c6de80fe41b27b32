import { readFileSync } from "node:fs";
import type { Permission } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import { resourceName } from "../../../tools/rbac-rules.ts";

interface AuditedCall {
  readonly user: string;
  /** `patch workflowtasksets/status` */
  readonly call: string;
  readonly isForbidden: boolean;
  readonly atMs: number;
}

/** What the API server has written down of its calls since some time. */
export class AuditedCalls {
  readonly #calls: readonly AuditedCall[];

  constructor(path: string, since: Date) {
    this.#calls = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => callIn(JSON.parse(line) as JsonObject))
      .filter(({ atMs }) => atMs >= since.getTime());
  }

  /** What an account has asked for, the discovery of what there is left out. */
  of(account: RegExp): readonly string[] {
    return [...new Set(this.#by(account).map(({ call }) => call))].sort();
  }

  /** What it was refused for lack of a permission. */
  refusedTo(account: RegExp): readonly string[] {
    return this.#by(account)
      .filter(({ isForbidden }) => isForbidden)
      .map(({ call }) => call);
  }

  #by(account: RegExp): readonly AuditedCall[] {
    return this.#calls.filter(({ user }) => account.test(user));
  }
}

/** Permissions as calls. */
export function asCalls(permissions: readonly Permission[]): readonly string[] {
  const calls = permissions.flatMap((permission) =>
    permission.verbs.map((verb) => `${verb} ${resourceName(permission)}`),
  );
  return [...new Set(calls)].sort();
}

function callIn(event: JsonObject): readonly AuditedCall[] {
  const { verb, objectRef, requestReceivedTimestamp: at } = event;
  if (!isJsonObject(objectRef) || typeof objectRef["resource"] !== "string") return [];
  if (typeof verb !== "string" || typeof at !== "string") return [];
  const { resource, subresource } = objectRef;
  const name = typeof subresource === "string" ? `${resource}/${subresource}` : resource;
  const user = field(event["user"], "username");
  // Not by its code: 403 also means that the namespace is being deleted.
  const isForbidden = field(event["annotations"], "authorization.k8s.io/decision") === "forbid";
  return [{ user: String(user), call: `${verb} ${name}`, isForbidden, atMs: Date.parse(at) }];
}

function field(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}
