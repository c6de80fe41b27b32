import { open, stat } from "node:fs/promises";
import { isJsonObject } from "@outrigger/types";
import type { WritesByClient } from "../processes/request-counter.ts";
import { part } from "./part.ts";

const WRITING: ReadonlySet<string> = new Set(["create", "update", "patch", "delete"]);

/** Counts writes as the API server itself has written them down. */
export class AuditLog {
  readonly #path: string;
  /** User names, and what their writes are listed as. */
  readonly #clients: Readonly<Record<string, string>>;
  #offset = 0;

  constructor(path: string, clients: Readonly<Record<string, string>>) {
    this.#path = path;
    this.#clients = clients;
  }

  /** What was written since the last time. */
  async takeWrites(): Promise<WritesByClient> {
    const writes: Record<string, Record<string, { count: number; bytes: number }>> = {};
    for (const line of await this.#newLines()) {
      const { client, kind } = this.#writeOf(line) ?? {};
      if (client === undefined || kind === undefined) continue;
      const ofClient = (writes[client] ??= {});
      const { count } = ofClient[kind] ?? { count: 0 };
      ofClient[kind] = { count: count + 1, bytes: 0 };
    }
    return writes;
  }

  #writeOf(line: string): { readonly client: string; readonly kind: string } | undefined {
    const event: unknown = JSON.parse(line);
    if (!isJsonObject(event)) return undefined;
    const [verb, user, resource, subresource] = [
      text(event["verb"]),
      text(part(event["user"])["username"]),
      text(part(event["objectRef"])["resource"]),
      text(part(event["objectRef"])["subresource"]),
    ];
    const client = this.#clients[user];
    if (client === undefined || !WRITING.has(verb)) return undefined;
    return { client, kind: `${verb} ${resource}${subresource === "" ? "" : `/${subresource}`}` };
  }

  async #newLines(): Promise<readonly string[]> {
    const { size } = await stat(this.#path);
    const file = await open(this.#path);
    try {
      const start = Math.min(this.#offset, size);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
      const text = buffer.toString("utf8", 0, bytesRead);
      const end = text.lastIndexOf("\n") + 1; // the last line may be half written
      this.#offset = start + Buffer.byteLength(text.slice(0, end));
      return text
        .slice(0, end)
        .split("\n")
        .filter((line) => line !== "");
    } finally {
      await file.close();
    }
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
