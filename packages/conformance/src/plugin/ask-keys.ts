import { callPlugin } from "@outrigger/agent";
import { systemClock } from "@outrigger/kube";
import { METHOD_INFO, methodPath, pluginInfoParser } from "@outrigger/types";
import { jsonOf } from "./read-reply.ts";
import type { PluginSubject } from "./subject.ts";

const TIMEOUT_MS = 2_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** The keys that a plugin says it has; none if it does not say. */
export async function askKeys(
  { url, token }: Pick<PluginSubject, "url" | "token">,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const exchange = await callPlugin({
    method: "GET",
    url: `${url}${methodPath(METHOD_INFO)}`,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    timeoutMs: TIMEOUT_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    clock: systemClock,
    signal,
  });
  if (exchange.kind !== "answered" || exchange.status !== 200) return [];
  const info = pluginInfoParser(jsonOf(exchange.body), "");
  return info.ok ? info.value.keys : [];
}
