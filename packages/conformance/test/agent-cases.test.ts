import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAgent } from "@outrigger/agent";
import type { AgentLimits } from "@outrigger/agent";
import { HttpKubeClient, readManifests } from "@outrigger/kube";
import { startLocalCluster } from "@outrigger/local";
import type { LocalCluster } from "@outrigger/local";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import { AGENT_CASES, testAgent } from "@outrigger/conformance";
import type { AgentPlugin, AgentSubject, CaseResult } from "@outrigger/conformance";
import { BendingProxy } from "./bending-proxy.ts";
import type { Bend, Sent } from "./bending-proxy.ts";

const CRD_FILE = join(import.meta.dirname, "../../../deploy/crds/argoproj.io_workflowtasksets.yaml");

let cluster: LocalCluster;
let client: HttpKubeClient;
beforeAll(async () => {
  const crds = readManifests(readFileSync(CRD_FILE, "utf8"), CRD_FILE);
  if (!crds.ok) throw new Error("the definition of WorkflowTaskSet cannot be read");
  cluster = await startLocalCluster({ crds: crds.value.map(({ value }) => value) });
  client = new HttpKubeClient({ connection: cluster.connection() });
});
afterAll(async () => {
  client.close();
  await cluster.stop();
});

interface Bent {
  readonly limits?: Partial<AgentLimits>;
  /** What stands for the plugins that the agent is told of. */
  readonly plugin?: (plugin: AgentPlugin) => Partial<AgentPlugin>;
  /** What becomes of a request on its way. */
  readonly request?: Bend;
}

const TIMING = { callTimeoutMs: 1_000, retryDelayMs: 40, maxTries: 5, pollIntervalMs: 400, callsPerPlugin: 4 };

/** Our agent, with shorter times; and bent, so that cases have something to find. */
function ourAgent({ limits = {}, plugin: bend = () => ({}), request }: Bent = {}): AgentSubject {
  return {
    client,
    namespace: "default",
    timing: { ...TIMING, patienceMs: 10_000 },
    start: async ({ workflowName, workflowUid, plugins }) => {
      const bent = plugins.map((plugin) => ({ ...plugin, ...bend(plugin) }));
      const proxies = await Promise.all(bent.map(({ address }) => BendingProxy.start(address, request)));
      const agent = startAgent({
        client,
        namespace: "default",
        workflowName,
        workflowUid,
        plugins: bent.map(({ token, ...plugin }) => ({ ...plugin, token: () => Promise.resolve(token) })),
        limits: { ...TIMING, drainMs: 50, ...limits },
        ...(request === undefined
          ? {}
          : { dial: (address) => proxies.find(({ to }) => to === address)?.url ?? address }),
      });
      const stop = async (): Promise<void> => {
        await agent.stop();
        await Promise.all(proxies.map((proxy) => proxy.stop()));
      };
      return { stop };
    },
  };
}

describe("our agent", () => {
  it("holds the contract, extensions included", async () => {
    // Most of them wait most of the time.
    const slices = [0, 1, 2].map((slice) => AGENT_CASES.filter((_case, index) => index % 3 === slice));
    const run = (cases: typeof AGENT_CASES): Promise<readonly CaseResult[]> =>
      testAgent(ourAgent(), { only: cases.map(({ id }) => id) });
    const results = (await Promise.all(slices.map(run))).flat();
    expect(results.filter(({ verdict }) => verdict.kind !== "passed")).toEqual([]);
    expect(results.length).toBe(AGENT_CASES.length);
  });
});

const inTemplate = (body: Sent["body"], change: (template: JsonObject) => JsonObject): Sent["body"] => ({
  ...body,
  template: change(isJsonObject(body["template"]) ? body["template"] : {}),
});

/** One fault each, and cases that find it. */
const FAULTS: readonly [fault: string, cases: readonly string[], bent: Bent][] = [
  ["calls another method", ["call"], { request: (sent) => [{ ...sent, path: "/api/v1/template.run" }] }],
  ["shows a token of its own", ["token"], { plugin: () => ({ token: "mine" }) }],
  [
    "says which charset its JSON has",
    ["headers"],
    { request: withHeader("content-type", "application/json; charset=utf-8") },
  ],
  [
    "does not say for which Workflow it calls",
    ["body"],
    { request: withBody((body) => ({ ...body, workflow: { metadata: {} } })) },
  ],
  [
    "leaves out what is empty",
    ["always-there"],
    { request: withBody((body) => inTemplate(body, (template) => without("inputs", template))) },
  ],
  [
    "leaves out values",
    ["values"],
    {
      request: withBody((body) =>
        inTemplate(body, (template) => ({ ...template, inputs: { parameters: [{ name: "a" }] } })),
      ),
    },
  ],
  ["calls everything twice", ["once", "status-400"], { request: (sent) => [sent, sent] }],
  ["calls without bounds", ["concurrency"], { limits: { callsPerPlugin: 50 } }],
  ["never tries again", ["busy", "dropped"], { limits: { maxTries: 1 } }],
  ["tries again at once", ["tries"], { limits: { retryDelayMs: 1 } }],
  ["tries for ever", ["tries"], { limits: { maxTries: 6 } }],
  ["polls as fast as it can", ["requeue-missing"], { limits: { pollIntervalMs: 1 } }],
  ["has other names for plugins", ["owner"], { plugin: ({ name }) => ({ name: `x${name}` }) }],
  ["knows nothing of the rules of a plugin", ["at-most-once"], { plugin: () => ({ rules: {} }) }],
  ["tells no key", ["key", "attempt"], { request: withBody((body) => without("node", body)) }],
  ["forgets the state", ["state", "restart"], { request: withBody((body) => without("state", body)) }],
  ["cancels without a reason", ["cancel"], { request: withBody((body) => without("reason", body)) }],
];

function without(field: string, value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
}

function withHeader(name: string, value: string): Bend {
  return (sent) => [{ ...sent, headers: { ...sent.headers, [name]: value } }];
}

function withBody(change: (body: Sent["body"]) => Sent["body"]): Bend {
  return (sent) => [{ ...sent, body: change(sent.body) }];
}

describe("an agent that", () => {
  it.each(FAULTS)("%s fails %j", async (_fault, cases, bent) => {
    const results = await testAgent(ourAgent(bent), { only: cases });
    expect(results.map(({ id, verdict }) => `${id} ${verdict.kind}`).sort()).toEqual(
      cases.map((id) => `${id} failed`).sort(),
    );
    for (const { steps } of results) expect(steps.length).toBeGreaterThan(0);
  });
});
