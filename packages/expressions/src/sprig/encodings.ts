import { createHash } from "node:crypto";
import type { Functions } from "../builtins/builtin.ts";
import { fromBase64, toBase64, utf8Bytes, utf8Text } from "../go/base64.ts";
import { jsonText, parseJson } from "../go/json.ts";

export const SPRIG_ENCODINGS: Functions = [
  ["b64enc", (args) => toBase64(utf8Bytes(args.text(0)))],
  ["b64dec", (args) => utf8Text(fromBase64(args.text(0)))],
  ["b32enc", (args) => toBase32(utf8Bytes(args.text(0)))],
  ["b32dec", (args) => utf8Text(fromBase32(args.text(0)))],
  ["sha1sum", (args) => hash("sha1", args.text(0))],
  ["sha256sum", (args) => hash("sha256", args.text(0))],
  ["sha512sum", (args) => hash("sha512", args.text(0))],
  ["adler32sum", (args) => String(adler32(utf8Bytes(args.text(0))))],
  ["toJson", (args) => jsonText(args.at(0))],
  ["toPrettyJson", (args) => jsonText(args.at(0), { indent: "  ", escapeHtml: true })],
  ["toRawJson", (args) => jsonText(args.at(0), { indent: "", escapeHtml: false })],
  ["fromJson", (args) => parseJson(args.text(0))],
];

function hash(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest("hex");
}

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function toBase32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const digits = (bits.match(/.{1,5}/g) ?? [])
    .map((group) => BASE32[Number.parseInt(group.padEnd(5, "0"), 2)])
    .join("");
  return digits.padEnd(Math.ceil(digits.length / 8) * 8, "=");
}

// What is no base32 comes out as nothing, as in sprig an error's text would.
function fromBase32(text: string): Uint8Array {
  const bits = Array.from(text.replace(/=+$/, ""), (digit) => BASE32.indexOf(digit).toString(2).padStart(5, "0")).join(
    "",
  );
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((group) => Number.parseInt(group, 2)));
}
