import { ExpressionError } from "../error.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "`": "`",
  "?": "?",
};

const CODED = /\\(?:u\{([\da-fA-F]{1,6})\}|[xX]([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2}))/y;
// A literal of bytes counts in bytes: it has no escapes for characters.
const CODED_BYTE = /\\(?:[xX]([\da-fA-F]{2})|([0-3][0-7]{2}))/y;

/** What a quoted literal stands for; `body` is the text between the quotes, `position` where it begins in the source. */
export function unescapeString(body: string, position: number): string {
  return unescape(body.replace(/\r\n?/g, "\n"), (rest, at) => {
    const match = matchAt(CODED, rest, at);
    if (match === undefined) throw new ExpressionError("not an escape sequence", position + at);
    const [whole, braced, hex, short, long, octal] = match;
    const code =
      octal === undefined ? Number.parseInt(braced ?? hex ?? short ?? long ?? "", 16) : Number.parseInt(octal, 8);
    if (code > 0x10ffff) throw new ExpressionError("beyond Unicode", position + at);
    // Go writes U+FFFD for a lone surrogate.
    const character = code >= 0xd800 && code <= 0xdfff ? "\ufffd" : String.fromCodePoint(code);
    return { text: character, length: whole.length };
  });
}

/** The bytes of a `b"…"` literal, each as one character from U+0000 to U+00FF. */
export function unescapeBytes(body: string, position: number): string {
  const utf8 = Array.from(new TextEncoder().encode(body), (byte) => String.fromCharCode(byte)).join("");
  return unescape(utf8, (rest, at) => {
    const match = matchAt(CODED_BYTE, rest, at);
    if (match === undefined) throw new ExpressionError("not an escape sequence of bytes", position + at);
    const [whole, hex, octal] = match;
    const code = hex === undefined ? Number.parseInt(octal ?? "", 8) : Number.parseInt(hex, 16);
    return { text: String.fromCharCode(code), length: whole.length };
  });
}

type ReadCoded = (text: string, at: number) => { readonly text: string; readonly length: number };

function unescape(text: string, readCoded: ReadCoded): string {
  const parts: string[] = [];
  let position = 0;
  for (let next = text.indexOf("\\"); next >= 0; next = text.indexOf("\\", position)) {
    parts.push(text.slice(position, next));
    const simple = SIMPLE[text[next + 1] ?? ""];
    const piece = simple === undefined ? readCoded(text, next) : { text: simple, length: 2 };
    parts.push(piece.text);
    position = next + piece.length;
  }
  return parts.join("") + text.slice(position);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
