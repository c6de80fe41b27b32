import type { Exchange } from "@outrigger/types";

const MAX_SHOWN_CHARACTERS = 500;

/** What came back, in one line. */
export function cameText(exchange: Exchange): string {
  if (exchange.kind === "notHttp") return `something that is no HTTP (${exchange.reason})`;
  if (exchange.kind !== "answered") return exchange.reason;
  const head = [statusText(exchange), exchange.contentType ?? ""].filter((part) => part !== "").join(", ");
  return exchange.body.trim() === "" ? `${head}, no body` : `${head}: ${cut(exchange.body)}`;
}

export function statusText({ status, statusText: text }: Extract<Exchange, { kind: "answered" }>): string {
  return `${status} ${text}`.trim();
}

/** Long text in one short line. */
export function cut(text: string): string {
  const line = text
    .slice(0, MAX_SHOWN_CHARACTERS)
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
  return text.length > MAX_SHOWN_CHARACTERS ? `${line}… (${text.length} characters)` : line;
}
