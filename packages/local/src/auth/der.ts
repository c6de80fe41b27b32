/** The few parts of ASN.1's distinguished encoding that a certificate is made of. */
export type Der = Buffer;

function element(tag: number, ...contents: readonly Buffer[]): Der {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

function lengthOf(content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.from([content.length]);
  const bytes: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 + bytes.length, ...bytes]);
}

export function sequence(...parts: readonly Der[]): Der {
  return element(0x30, ...parts);
}

export function set(...parts: readonly Der[]): Der {
  return element(0x31, ...parts);
}

/** A positive whole number, given by its bytes. */
export function integer(bytes: Buffer): Der {
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return element(0x02, positive);
}

export function boolean(value: boolean): Der {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

export function bitString(bytes: Buffer, unusedBits = 0): Der {
  return element(0x03, Buffer.from([unusedBits]), bytes);
}

export function octetString(bytes: Buffer): Der {
  return element(0x04, bytes);
}

export function utf8String(text: string): Der {
  return element(0x0c, Buffer.from(text));
}

/** A time to the second; as certificates want it for years before 2050. */
export function utcTime(date: Date): Der {
  const text = `${date.toISOString().slice(2, 19).replaceAll(/[-:T]/g, "")}Z`;
  return element(0x17, Buffer.from(text));
}

export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) + 128);
  return bytes;
}

/** `[number]` around parts, or around raw bytes where the type is implied. */
export function context(number: number, ...parts: readonly Der[]): Der {
  return element(0xa0 + number, ...parts);
}

export function implicit(number: number, bytes: Buffer): Der {
  return element(0x80 + number, bytes);
}
