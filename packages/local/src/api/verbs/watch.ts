import { apiVersionOf } from "@outrigger/kube";
import type { Clock, Timer } from "@outrigger/kube";
import { expired } from "../../errors/refusals.ts";
import { asServed } from "../../kinds/kind.ts";
import { listObjects } from "../../objects/list-objects.ts";
import type { ListOptions } from "../../objects/list-objects.ts";
import { WatchCursor } from "../../objects/watch-cursor.ts";
import type { CursorEvent } from "../../objects/watch-cursor.ts";
import type { Answer, Sink } from "../answer.ts";
import type { Call } from "../call.ts";
import { storedJson } from "../encode.ts";
import { negotiate } from "../media-type.ts";
import type { Representation } from "../media-type.ts";
import { flag, numberOf } from "../request.ts";
import { includeObject, metadataOnly, table } from "../table.ts";
import { Wake } from "../wake.ts";
import { listOptions } from "./list.ts";

const BOOKMARK_EVERY_MS = 60_000;
/** A last bookmark goes out this long before the watch ends, so that the next one can go on from there. */
const BOOKMARK_BEFORE_END_MS = 2000;
const DEFAULT_TIMEOUT_MS = 30 * 60_000;

export function handleWatch(call: Call): Answer {
  const { query, accept } = call.request;
  const list = listOptions(call);
  const session = new WatchSession(call, list, {
    as: negotiate(accept).as,
    initialEvents: flag(query, "sendInitialEvents") || (list.resourceVersion ?? 0) === 0,
    endOfInitialEvents: flag(query, "sendInitialEvents"),
    bookmarks: flag(query, "allowWatchBookmarks"),
    timeoutMs: numberOf(query, "timeoutSeconds") * 1000 || DEFAULT_TIMEOUT_MS,
  });
  return { status: 200, contentType: "application/json", stream: (sink) => session.run(sink) };
}

interface SessionOptions {
  readonly as: Representation["as"];
  /** Begin with what there is. */
  readonly initialEvents: boolean;
  /** Mark where what there is ends. */
  readonly endOfInitialEvents: boolean;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

/** One watch, from its headers to its end. What it sends comes from its cursor; where the client reads slowly, it waits. */
class WatchSession {
  readonly #call: Call;
  readonly #list: ListOptions;
  readonly #options: SessionOptions;
  readonly #wake = new Wake();
  #columnsSent = false;
  #bookmarkDue = false;
  #ended = false;

  constructor(call: Call, list: ListOptions, options: SessionOptions) {
    this.#call = call;
    this.#list = list;
    this.#options = options;
  }

  async run(sink: Sink): Promise<void> {
    const { store, clock } = this.#call.state;
    const unsubscribe = store.subscribe(this.#wake.call);
    sink.signal.addEventListener("abort", this.#wake.call, { once: true });
    const timers = [this.#scheduleEnd(clock), ...this.#scheduleBookmarks(clock)];
    try {
      const cursor = await this.#begin(sink);
      while (this.#goesOn(sink)) {
        await this.#sendNews(sink, cursor);
        if (this.#goesOn(sink)) await this.#wake.wait();
      }
    } finally {
      unsubscribe();
      sink.signal.removeEventListener("abort", this.#wake.call);
      for (const timer of timers) timer.cancel();
    }
  }

  // A kind that is defined anew, or no longer, is not what was asked for.
  #goesOn(sink: Sink): boolean {
    const { state, kind } = this.#call;
    return !this.#ended && !sink.signal.aborted && state.kinds.find(kind.resource) === kind;
  }

  #scheduleEnd(clock: Clock): Timer {
    return clock.schedule(this.#options.timeoutMs, () => {
      this.#ended = true;
      this.#wake.call();
    });
  }

  #scheduleBookmarks(clock: Clock): Timer[] {
    const { timeoutMs, bookmarks } = this.#options;
    if (!bookmarks) return [];
    const remind = (): void => {
      this.#bookmarkDue = true;
      this.#wake.call();
    };
    const last = timeoutMs - BOOKMARK_BEFORE_END_MS;
    return [repeat(clock, BOOKMARK_EVERY_MS, remind), ...(last > 0 ? [clock.schedule(last, remind)] : [])];
  }

  async #begin(sink: Sink): Promise<WatchCursor> {
    const { state, kind } = this.#call;
    const { namespace, selector, resourceVersion } = this.#list;
    if (!this.#options.initialEvents) {
      return new WatchCursor(state, kind, { namespace, selector, after: resourceVersion ?? 0 });
    }
    const list = listObjects(state, kind, { ...this.#list, resourceVersion: undefined, match: "", limit: 0 });
    for (const stored of list.items) await send(sink, this.#encode({ type: "ADDED", stored }));
    if (this.#options.endOfInitialEvents) await send(sink, this.#bookmark(list.version, true));
    return new WatchCursor(state, kind, { namespace, selector, after: list.version });
  }

  async #sendNews(sink: Sink, cursor: WatchCursor): Promise<void> {
    for (let event = cursor.next(); event !== undefined; event = cursor.next()) {
      if (event === "expired") return this.#expire(sink, cursor);
      await send(sink, this.#encode(event));
      if (this.#ended || sink.signal.aborted) return;
    }
    if (!this.#bookmarkDue) return;
    this.#bookmarkDue = false;
    // To who already knows that version, there is nothing to tell.
    if (cursor.position > cursor.start) await send(sink, this.#bookmark(cursor.position));
  }

  async #expire(sink: Sink, cursor: WatchCursor): Promise<void> {
    this.#ended = true;
    const message = `too old resource version: ${cursor.position} (${this.#call.state.store.version})`;
    await send(sink, frame("ERROR", JSON.stringify(expired(message).status)));
  }

  #encode(event: CursorEvent): Buffer {
    const { kind, state, request } = this.#call;
    if (this.#options.as === "object") return frame(event.type, storedJson(kind, event.stored));
    const object = asServed(kind, event.stored.object);
    if (this.#options.as === "metadata") return frame(event.type, JSON.stringify(metadataOnly(object)));
    const rows = table(kind, [object], {
      metadata: { resourceVersion: object.metadata.resourceVersion },
      include: includeObject(request.query),
      nowMs: state.clock.now(),
      withColumns: !this.#columnsSent,
    });
    this.#columnsSent = true;
    return frame(event.type, JSON.stringify(rows));
  }

  #bookmark(version: number, endsInitialEvents = false): Buffer {
    const { resource } = this.#call.kind;
    const annotations = endsInitialEvents ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
    const metadata = { resourceVersion: String(version), ...annotations };
    return frame("BOOKMARK", JSON.stringify({ kind: resource.kind, apiVersion: apiVersionOf(resource), metadata }));
  }
}

function repeat(clock: Clock, everyMs: number, run: () => void): Timer {
  let timer: Timer;
  const arm = (): void => {
    timer = clock.schedule(everyMs, () => {
      run();
      arm();
    });
  };
  arm();
  return { cancel: () => timer.cancel() };
}

async function send(sink: Sink, chunk: Buffer): Promise<void> {
  if (!sink.write(chunk)) await sink.drained();
}

function frame(type: string, json: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), Buffer.from(json), Buffer.from("}\n")]);
}
