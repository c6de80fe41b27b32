/** The bytes are no protobuf. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** One field of a message as it stands on the wire; which of the two it is depends on the wire type. */
export interface WireField {
  readonly number: number;
  readonly value: bigint;
  readonly bytes: Buffer;
}

const NO_BYTES = Buffer.alloc(0);

/** The fields of a message, in the order in which they stand. */
export function* wireFields(message: Buffer): Iterable<WireField> {
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[offset];
      if (byte === undefined || shift > 63n) throw new WireError("a number does not end");
      offset += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  const take = (length: number): Buffer => {
    if (length < 0 || offset + length > message.length) throw new WireError("a field is longer than its message");
    offset += length;
    return message.subarray(offset - length, offset);
  };
  const readers = [
    (): Omit<WireField, "number"> => ({ value: varint(), bytes: NO_BYTES }),
    (): Omit<WireField, "number"> => ({ value: 0n, bytes: take(8) }),
    (): Omit<WireField, "number"> => ({ value: 0n, bytes: take(Number(varint())) }),
  ];
  while (offset < message.length) {
    const tag = Number(varint());
    const read = readers[tag % 8];
    if (read === undefined) throw new WireError(`wire type ${tag % 8} is not known`);
    yield { number: Math.floor(tag / 8), ...read() };
  }
}
