import { sleep, systemClock } from "@outrigger/kube";
import { PASSED, failed, passedUnless, skipped } from "../../case.ts";
import type { ConformanceCase } from "../../case.ts";
import type { PluginProbe } from "../probe.ts";
import { notOwn, readReply } from "../read-reply.ts";
import { executeBody, identity } from "../requests.ts";
import { isOpen, requeueMs } from "./reply-cases.ts";

/** Without these there is nothing else to look at. */
export const FIRST_CASES: readonly ConformanceCase<PluginProbe>[] = [
  {
    id: "listens",
    group: "must",
    title: "listens on the port that plugin.yaml states, on 127.0.0.1",
    rule: "start-and-stop",
    run: async (probe) => {
      // Any answer will do.
      const exchange = await probe.send({ httpMethod: "GET", path: "/" });
      return passedUnless(exchange.kind === "refused" ? `nobody listens on ${probe.subject.url}` : undefined);
    },
  },
  {
    id: "own-key",
    group: "must",
    title: "answers template.execute of its own key with 200 and a JSON object, in time",
    rule: "the-call",
    after: ["listens"],
    run: async (probe) => passedUnless(notOwn(await probe.own())),
  },
];

// A requeue that is longer is believed.
const MAX_WAIT_MS = 5_000;

export const POLL_CASES: readonly ConformanceCase<PluginProbe>[] = [
  {
    id: "poll",
    group: "must",
    title: "answers the call after requeue, with the state that it has handed on",
    rule: "requeue",
    after: ["own-key"],
    run: async (probe) => {
      const before = readReply(await probe.own());
      if (before.kind !== "own" || !isOpen(before.value)) return skipped("it was done at the first call");
      if (requeueMs(before.value["requeue"]) > MAX_WAIT_MS) return skipped("it asks for more time than there is here");
      const { node, headers } = identity(probe.runId, "poll");
      const body = executeBody(probe.runId, probe.subject.template, { node });
      const first = readReply(await probe.execute({ body, headers }));
      if (first.kind !== "own") return failed("its first call was not answered");
      await sleep(systemClock, requeueMs(first.value["requeue"]));
      const { state } = first.value;
      return passedUnless(
        notOwn(await probe.execute({ body: { ...body, ...(state === undefined ? {} : { state }) }, headers })),
      );
    },
  },
];

export const LAST_CASES: readonly ConformanceCase<PluginProbe>[] = [
  {
    id: "stop",
    group: "should",
    title: "ends by itself within ten seconds of SIGTERM",
    rule: "start-and-stop",
    after: ["listens"],
    run: async ({ subject }) => {
      if (subject.stop === undefined) return skipped("somebody else runs the plugin");
      return (await subject.stop()) ? PASSED : failed("it had to be killed");
    },
  },
];
