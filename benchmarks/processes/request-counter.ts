import type { IncomingMessage } from "node:http";

/** Writes of one kind that a client made. */
export interface Writes {
  readonly count: number;
  readonly bytes: number;
}

/** By client, then by what was written: `{ controller: { "patch workflows": … } }`. */
export type WritesByClient = Readonly<Record<string, Readonly<Record<string, Writes>>>>;

const VERBS: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };

/** Counts the writing requests that reach the API server. */
export class RequestCounter {
  #writes: Record<string, Record<string, Writes>> = {};

  count({ method = "", url = "", headers }: IncomingMessage): void {
    const verb = VERBS[method];
    if (verb === undefined) return;
    const client = (headers["user-agent"] ?? "unknown").split("/")[0]?.replace("outrigger-", "") ?? "";
    const key = `${verb} ${resourceOf(url)}`;
    const ofClient = (this.#writes[client] ??= {});
    const before = ofClient[key] ?? { count: 0, bytes: 0 };
    const bytes = Number(headers["content-length"] ?? 0);
    ofClient[key] = { count: before.count + 1, bytes: before.bytes + bytes };
  }

  /** What was counted since the last time. */
  take(): WritesByClient {
    const writes = this.#writes;
    this.#writes = {};
    return writes;
  }
}

// /api/v1/namespaces/N/pods/NAME/status and /apis/GROUP/V/namespaces/N/workflows/NAME
function resourceOf(url: string): string {
  const parts = (url.split("?")[0] ?? "").split("/").slice(1);
  const own = parts.slice(parts[0] === "api" ? 2 : 3);
  const [resource = "", , subresource] = own[0] === "namespaces" && own.length > 2 ? own.slice(2) : own;
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}
