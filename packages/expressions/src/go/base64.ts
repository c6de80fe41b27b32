import { ExpressionError } from "../error.ts";

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Only whole groups with their padding, as Go asks for; line breaks are skipped. */
export function fromBase64(text: string): Uint8Array {
  const joined = text.replace(/[\r\n]/g, "");
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(joined)) {
    throw new ExpressionError("not base64");
  }
  return Uint8Array.from(atob(joined), (character) => character.charCodeAt(0));
}

export function utf8Bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function utf8Text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
