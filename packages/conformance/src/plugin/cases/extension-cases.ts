import {
  METHOD_CANCEL,
  METHOD_EXECUTE,
  METHOD_INFO,
  answerOf,
  formatIssues,
  methodPath,
  pluginInfoParser,
} from "@outrigger/types";
import type { Exchange, PluginInfo } from "@outrigger/types";
import { failed, passedUnless, skipped } from "../../case.ts";
import type { CaseFacts, ConformanceCase, Verdict } from "../../case.ts";
import { cameText } from "../exchange-text.ts";
import type { PluginProbe } from "../probe.ts";
import { jsonOf } from "../read-reply.ts";
import { executeBody, identity } from "../requests.ts";

/** What a plugin may leave out. Where it is there, it is as agents know it. */
export const EXTENSION_CASES: readonly ConformanceCase<PluginProbe>[] = [
  ofInfo({ id: "info-keys", title: "plugin.info lists the plugin's key" }, (info, { subject }) => {
    const [key = ""] = Object.keys(subject.template.plugin);
    return Promise.resolve(
      info.keys.includes(key) ? undefined : `keys has no ${key}: the agent would ask others for it`,
    );
  }),
  ofInfo({ id: "info-methods", title: "plugin.info lists the methods that there are" }, async (info, probe) => {
    if (info.methods === undefined) return undefined;
    const there = (await cancel(probe, "info-methods")) === undefined ? [] : [METHOD_CANCEL];
    const missing = [METHOD_EXECUTE, ...there].filter((method) => info.methods?.includes(method) === false);
    const extra = info.methods.includes(METHOD_CANCEL) && there.length === 0 ? [METHOD_CANCEL] : [];
    if (missing.length > 0) return `it has ${missing.join(", ")}, and does not say so`;
    return extra.length > 0 ? `it says that it has ${METHOD_CANCEL}, and answers 404` : undefined;
  }),
  ofCancel({ id: "cancel", title: "template.cancel of a step that was never begun is answered with 200" }, (first) =>
    Promise.resolve(notHeeded(first)),
  ),
  ofCancel({ id: "cancel-twice", title: "template.cancel may come a second time" }, async (_first, probe) =>
    notHeeded(await cancel(probe, "cancel-twice")),
  ),
  ofCancel({ id: "cancel-token", title: "template.cancel needs the token as well" }, async (_first, probe) => {
    if (probe.subject.token === undefined) return undefined;
    const exchange = await cancel(probe, "cancel-token", "another token");
    const isRefused = exchange?.kind === "answered" && exchange.status === 403;
    return isRefused || exchange === undefined ? undefined : `it should answer 403, not ${cameText(exchange)}`;
  }),
  {
    id: "health",
    group: "extension",
    title: "answers the path of its probes, or /healthz, with 200, without a token",
    rule: "start-and-stop",
    after: ["listens"],
    run: async (probe) => {
      const { healthPath } = probe.subject;
      const exchange = await probe.send({ httpMethod: "GET", path: healthPath ?? "/healthz", shown: "no token" });
      if (exchange.kind === "answered" && exchange.status === 200) return passedUnless(undefined);
      if (healthPath === undefined && isLacking(exchange)) return skipped("it has no /healthz");
      return failed(`it should answer 200, not ${cameText(exchange)}`);
    },
  },
];

function ofInfo(
  facts: Pick<CaseFacts, "id" | "title">,
  check: (info: PluginInfo, probe: PluginProbe) => Promise<string | undefined>,
): ConformanceCase<PluginProbe> {
  const run = async (probe: PluginProbe): Promise<Verdict> => {
    const exchange = await probe.send({ httpMethod: "GET", path: methodPath(METHOD_INFO) });
    if (exchange.kind !== "answered" || exchange.status !== 200) {
      return isLacking(exchange)
        ? skipped("it has no plugin.info")
        : failed(`it should answer 200 or 404, not ${cameText(exchange)}`);
    }
    const info = pluginInfoParser(jsonOf(exchange.body), "");
    return info.ok ? passedUnless(await check(info.value, probe)) : failed(formatIssues(info.issues));
  };
  return { ...facts, group: "extension", rule: "plugin-info", after: ["own-key"], run };
}

function ofCancel(
  facts: Pick<CaseFacts, "id" | "title">,
  check: (first: Exchange, probe: PluginProbe) => Promise<string | undefined>,
): ConformanceCase<PluginProbe> {
  const run = async (probe: PluginProbe): Promise<Verdict> => {
    const first = await cancel(probe, facts.id);
    return first === undefined ? skipped("it has no template.cancel") : passedUnless(await check(first, probe));
  };
  return { ...facts, group: "extension", rule: "cancel", after: ["own-key"], run };
}

/** Calls `template.cancel`; undefined if the plugin lacks it. */
async function cancel(
  probe: PluginProbe,
  name: string,
  shown: "the token" | "another token" = "the token",
): Promise<Exchange | undefined> {
  const { node, headers } = identity(probe.runId, name);
  const body = executeBody(probe.runId, probe.subject.template, { node, reason: "a test" });
  const exchange = await probe.send({ path: methodPath(METHOD_CANCEL), body, headers, shown });
  return exchange.kind === "answered" && exchange.status === 404 ? undefined : exchange;
}

function notHeeded(exchange: Exchange | undefined): string | undefined {
  if (exchange === undefined) return "it answers 404 now";
  const { kind } = answerOf(exchange, METHOD_CANCEL);
  return kind === "finished" || kind === "declined" ? undefined : `it should answer 200, not ${cameText(exchange)}`;
}

// Whoever knows no such path says so in one of these ways; one who looks at the token first refuses it.
function isLacking(exchange: Exchange): boolean {
  return exchange.kind === "answered" && [403, 404, 405, 501].includes(exchange.status);
}
