import { map, object, outputsParser, string } from "@outrigger/types";
import type { JsonValue, NodeId, Outputs, Parser } from "@outrigger/types";
import { isoTime, parseTime } from "../time.ts";

/** What a cache remembers under one key, as Argo writes it: either may answer what the other has stored. */
export interface CacheEntry {
  readonly nodeId: string;
  readonly outputs: Outputs | undefined;
  readonly createdMs: number;
  readonly lastHitMs: number;
}

/** Undefined for a text that is no entry: it is as good as none, and is overwritten. */
export function readEntry(text: string): CacheEntry | undefined {
  const json = parsed(text);
  const entry = json === undefined ? undefined : entryParser(json, "");
  return entry?.ok === true && entry.value.nodeId !== "" ? entry.value : undefined;
}

export function writeEntry({ nodeId, outputs, createdMs, lastHitMs }: CacheEntry): string {
  return JSON.stringify({
    nodeID: nodeId,
    outputs: outputs ?? null,
    creationTimestamp: isoTime(createdMs),
    lastHitTimestamp: isoTime(lastHitMs),
  });
}

export function newEntry(nodeId: NodeId, outputs: Outputs | undefined, nowMs: number): CacheEntry {
  return { nodeId, outputs, createdMs: nowMs, lastHitMs: nowMs };
}

interface WrittenEntry {
  readonly nodeID: string;
  readonly outputs?: Outputs;
  readonly creationTimestamp?: string;
  readonly lastHitTimestamp?: string;
}

const entryParser: Parser<CacheEntry> = map(
  object<WrittenEntry>(
    { nodeID: string, outputs: outputsParser, creationTimestamp: string, lastHitTimestamp: string },
    { required: ["nodeID"] },
  ),
  ({ nodeID, outputs, creationTimestamp, lastHitTimestamp }) => {
    const createdMs = parseTime(creationTimestamp) ?? 0;
    return { nodeId: nodeID, outputs, createdMs, lastHitMs: parseTime(lastHitTimestamp) ?? createdMs };
  },
);

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
