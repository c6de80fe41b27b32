import { METHOD_EXECUTE, answerOf, executeReplyParser, isJsonObject, parseFirstJsonValue } from "@outrigger/types";
import type { Exchange, Issue, JsonObject } from "@outrigger/types";
import { cameText, statusText } from "./exchange-text.ts";

/** An answer to `template.execute`, as far as it is a reply at all. */
export type Reply =
  /** The plugin has taken the template. */
  | { readonly kind: "own"; readonly value: JsonObject }
  | { readonly kind: "declined" }
  /** Anything else, in words. */
  | { readonly kind: "none"; readonly what: string };

export function readReply(exchange: Exchange): Reply {
  if (exchange.kind !== "answered") return { kind: "none", what: cameText(exchange) };
  if (exchange.status !== 200) return { kind: "none", what: statusText(exchange) };
  if (answerOf(exchange, METHOD_EXECUTE).kind === "declined") return { kind: "declined" };
  const value = jsonOf(exchange.body);
  return isJsonObject(value) ? { kind: "own", value } : { kind: "none", what: "a body that is no JSON object" };
}

/** The value that a text begins with; undefined if it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return parseFirstJsonValue(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with an answer that should be the plugin's own; undefined if it is. */
export function notOwn(exchange: Exchange): string | undefined {
  const reply = readReply(exchange);
  if (reply.kind === "own") return undefined;
  return `its own template was not taken: ${reply.kind === "declined" ? "the plugin declined" : reply.what}`;
}

/** All that is wrong with a reply's fields, with their paths; empty also where there is no reply. */
export function replyIssues(exchange: Exchange): readonly Issue[] {
  const reply = readReply(exchange);
  const parsed = executeReplyParser(reply.kind === "own" ? reply.value : {}, "");
  return parsed.ok ? [] : parsed.issues;
}
