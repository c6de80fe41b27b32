import { CONFIGMAP_TYPE_CACHE, LABEL_CONFIGMAP_TYPE } from "@outrigger/types";
import type { StoreInCache } from "../changes.ts";
import type { ConfigMaps } from "../config-maps/config-maps.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { own } from "../own.ts";
import { readEntry, writeEntry } from "./cache-entry.ts";
import type { CacheEntry } from "./cache-entry.ts";

/** Where the answer of a template is remembered. */
export interface MemoKey {
  /** The ConfigMap. */
  readonly cacheName: string;
  readonly key: string;
}

/**
 * The caches of a Workflow during one pass.
 *
 * Owns: what the pass remembers. Does not own: what stands in the ConfigMaps, which it only reads.
 * 1. What has just been remembered is found: a step may answer the one after it.
 */
export class MemoCache {
  readonly #configMaps: ConfigMaps;
  readonly #written = new Map<string, Map<string, CacheEntry>>();

  constructor(configMaps: ConfigMaps) {
    this.#configMaps = configMaps;
  }

  find({ cacheName, key }: MemoKey): Outcome<CacheEntry | undefined> {
    const written = this.#written.get(cacheName)?.get(key);
    if (written !== undefined) return succeeded(written); // 1
    const configMap = this.#configMaps.get(cacheName);
    if (configMap === undefined) return succeeded(undefined);
    if (configMap.type !== CONFIGMAP_TYPE_CACHE) return failed(notACache(cacheName));
    const text = own(configMap.data, key);
    return succeeded(text === undefined ? undefined : readEntry(text));
  }

  remember({ cacheName, key }: MemoKey, entry: CacheEntry): void {
    const entries = this.#written.get(cacheName) ?? new Map<string, CacheEntry>();
    this.#written.set(cacheName, entries.set(key, entry));
  }

  toChanges(): readonly StoreInCache[] {
    return Array.from(this.#written, ([configMap, written]) => {
      const entries = Object.fromEntries(Array.from(written, ([key, entry]) => [key, writeEntry(entry)]));
      return { kind: "storeInCache", order: "before", configMap, entries };
    });
  }
}

function notACache(name: string): string {
  return `ConfigMap '${name}' has no label ${LABEL_CONFIGMAP_TYPE}: ${CONFIGMAP_TYPE_CACHE}, so it is not used as a cache: label it, or name another one`;
}
