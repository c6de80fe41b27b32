import { gunzipSync, gzipSync } from "node:zlib";
import { ANNOTATION_ANSWERED, formatIssues, isFulfilled, isJsonObject, ok, taskSetParser } from "@outrigger/types";
import type { KubeObject, NodeId, Parser, WorkflowStatus, WorkflowTaskSet } from "@outrigger/types";
import type { Logger } from "@outrigger/telemetry";

/** What a write of the task set does for the log's sake, beside what it is made for. */
export interface Packing {
  /** The annotation. */
  readonly text: string;
  /** Tasks that leave their place; the agent takes their results away. */
  readonly packed: readonly NodeId[];
}

/** The nodes of the Workflow as it is saved. */
export type SavedNodes = WorkflowStatus["nodes"];

type Entries = Pick<WorkflowTaskSet, "spec" | "status">;

interface Known {
  readonly text: string;
  readonly entries: Entries;
}

const NOTHING: Entries = { spec: { tasks: {} }, status: { nodes: {} } };
// To pack takes a while of its own, the longer the more is packed already: with each one on its own it would be most of the work.
const FEWEST = 2;
const PART_OF_PACKED = 16;
// Beyond this, packing takes longer than a write; what is left in its place leaves it after the next save.
const MAX_TEXT_BYTES = 64 * 1024;
const MAX_ENTRY_BYTES = 4 * 1024;
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;
const GZIP = { level: 1 } as const;

/**
 * Keeps the log short between two saves of its Workflow. Every write of a task set costs the API server as much as is in it, by the field:
 * so what has been answered is moved into an annotation, as one piece of compressed text, with a write that is made anyway.
 *
 * Owns: how answered steps stand in the task set, and a copy of what it has packed. Does not own: what they mean; for the engine the
 * log is the same, packed or not.
 * 1. A task and its final result are packed together, in the write that takes the task away: each state of the task set holds the whole
 *    log, so an agent or a controller may end at any time.
 * 2. Only announcements pack, one after the other for a Workflow, each from the newest task set in the cache: nothing that was packed is
 *    lost by a write that knew less.
 * 3. What the saved Workflow holds is not read any more. It is dropped when there is something to pack, or the Workflow has ended.
 */
export class PackedLog {
  readonly #logger: Logger;
  readonly #known = new Map<string, Known>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Reads a task set, with all that is packed, and not saved, in its place. */
  reader(saved: SavedNodes): Parser<WorkflowTaskSet> {
    return (value, path) => {
      const parsed = taskSetParser(value, path);
      const text = parsed.ok ? textOf(parsed.value) : undefined;
      if (!parsed.ok || text === undefined) return parsed;
      const packed = unsaved(this.#unpack(parsed.value, text), saved);
      return ok({ ...parsed.value, ...merge(packed, parsed.value) });
    };
  }

  /** What the next announcement packs. */
  pack(object: KubeObject, saved?: SavedNodes): Packing | undefined {
    const parsed = taskSetParser(object, "");
    if (!parsed.ok) return undefined;
    const taskSet = parsed.value;
    const ripe = ripeIn(taskSet);
    const text = textOf(taskSet);
    const before = text === undefined ? NOTHING : this.#unpack(taskSet, text);
    const count = Object.keys(before.spec.tasks).length;
    if (ripe.length < Math.max(FEWEST, count / PART_OF_PACKED)) return undefined;
    const entries = unsaved(merge(before, pick(taskSet, ripe)), saved);
    const packed = textOfEntries(entries);
    if (packed.length > MAX_TEXT_BYTES) return undefined;
    this.#known.set(taskSet.metadata.uid ?? "", { text: packed, entries });
    return { text: packed, packed: ripe };
  }

  /** The task set has gone, or its Workflow has ended. */
  forget(uid: string): void {
    this.#known.delete(uid);
  }

  #unpack({ metadata }: WorkflowTaskSet, text: string): Entries {
    const { uid = "" } = metadata;
    const known = this.#known.get(uid);
    if (known?.text === text) return known.entries;
    const entries = this.#read(metadata, text);
    this.#known.set(uid, { text, entries });
    return entries;
  }

  // Someone has changed it: the steps in it are called again, with the same idempotency keys.
  #read({ namespace, name }: WorkflowTaskSet["metadata"], text: string): Entries {
    const problem = (error: string): Entries => {
      const annotation = ANNOTATION_ANSWERED;
      this.#logger.error({ namespace, workflow: name, annotation, error }, "Answered steps cannot be read");
      return NOTHING;
    };
    try {
      const packed = Buffer.from(text, "base64");
      const value: unknown = JSON.parse(gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString("utf8"));
      const parsed = taskSetParser(isJsonObject(value) ? { ...value, metadata: {} } : value, "");
      return parsed.ok ? parsed.value : problem(formatIssues(parsed.issues));
    } catch (error) {
      return problem(error instanceof Error ? error.message : String(error));
    }
  }
}

/** What is answered for good, and small enough. */
function ripeIn({ spec, status }: WorkflowTaskSet): readonly NodeId[] {
  return (Object.keys(spec.tasks) as NodeId[]).filter((id) => {
    const result = Object.hasOwn(status.nodes, id) ? status.nodes[id] : undefined;
    if (!isFulfilled(result?.phase)) return false;
    return JSON.stringify([spec.tasks[id], result]).length <= MAX_ENTRY_BYTES;
  });
}

function textOf({ metadata }: WorkflowTaskSet): string | undefined {
  return metadata.annotations?.[ANNOTATION_ANSWERED];
}

function textOfEntries(entries: Entries): string {
  return gzipSync(JSON.stringify(entries), GZIP).toString("base64");
}

function unsaved(entries: Entries, saved: SavedNodes = {}): Entries {
  const isSaved = (id: string): boolean => Object.hasOwn(saved, id) && isFulfilled(saved[id as NodeId]?.phase);
  return pick(
    entries,
    Object.keys(entries.spec.tasks).filter((id) => !isSaved(id)),
  );
}

function pick({ spec, status }: Entries, ids: readonly string[]): Entries {
  return { spec: { tasks: only(spec.tasks, ids) }, status: { nodes: only(status.nodes, ids) } };
}

function only<T>(record: Readonly<Record<string, T>>, ids: readonly string[]): Record<string, T> {
  return Object.fromEntries(
    ids.flatMap((id) => {
      const value = record[id];
      return value === undefined ? [] : [[id, value]];
    }),
  );
}

function merge(one: Entries, other: Entries): Entries {
  return {
    spec: { tasks: { ...one.spec.tasks, ...other.spec.tasks } },
    status: { nodes: { ...one.status.nodes, ...other.status.nodes } },
  };
}
