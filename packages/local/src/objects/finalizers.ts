import type { KubeObject } from "@outrigger/types";

/** The object with these finalizers; without the field where there is none. */
export function withFinalizers(object: KubeObject, finalizers: readonly string[]): KubeObject {
  const { finalizers: _old, ...meta } = object.metadata;
  return { ...object, metadata: finalizers.length === 0 ? meta : { ...meta, finalizers } };
}

export function withoutFinalizer(object: KubeObject, finalizer: string): KubeObject {
  const others = (object.metadata.finalizers ?? []).filter((each) => each !== finalizer);
  return withFinalizers(object, others);
}
