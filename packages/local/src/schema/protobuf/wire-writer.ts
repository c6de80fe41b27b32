/** A message in the making: fields by number, in any order. Empty parts are left out, as protobuf does. */
export class WireMessage {
  readonly #parts: Buffer[] = [];

  text(number: number, value: string): this {
    return this.#bytes(number, Buffer.from(value));
  }

  message(number: number, value: WireMessage): this {
    return this.#bytes(number, value.encode());
  }

  encode(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #bytes(number: number, bytes: Buffer): this {
    // Wire type 2: a length, then so many bytes.
    this.#parts.push(varint(number * 8 + 2), varint(bytes.length), bytes);
    return this;
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
