/** Where a text begins that stands at `index` of another one, counted in bytes of UTF-8 as Go counts; -1 stays -1. */
export function indexInBytes(text: string, index: number): bigint {
  return BigInt(index < 0 ? index : new TextEncoder().encode(text.slice(0, index)).length);
}
