import type { KubeObject } from "@outrigger/types";

/** Where an object stands within its collection: `namespace/name`, or `name` for what has no namespace. Also the order of lists. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

/** One version of one object. It never changes; a write makes a new one. */
export class StoredObject {
  readonly key: string;
  readonly version: number;
  readonly object: KubeObject;
  #bytes: Buffer | undefined;

  constructor(key: string, version: number, object: KubeObject) {
    this.key = key;
    this.version = version;
    this.object = object;
  }

  /** The object as JSON without `kind` and `apiVersion`, which depend on who asks; kept, because several watchers get the same. */
  get bytes(): Buffer {
    this.#bytes ??= encodeBare(this.object);
    return this.#bytes;
  }

  /** The same state under another version: that of the write which took it away. */
  at(version: number): StoredObject {
    const metadata = { ...this.object.metadata, resourceVersion: String(version) };
    return new StoredObject(this.key, version, { ...this.object, metadata });
  }

  /** For a version that is no longer current: few will ask for it again. */
  forgetBytes(): void {
    this.#bytes = undefined;
  }
}

function encodeBare(object: KubeObject): Buffer {
  return Buffer.from(JSON.stringify({ ...object, kind: undefined, apiVersion: undefined }));
}
