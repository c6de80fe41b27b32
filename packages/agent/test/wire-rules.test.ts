import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { SimulatedClock } from "@outrigger/kube";
import { TOKEN, TestCluster, advanceUntil, task, until } from "./cluster.ts";
import { ScriptedPlugin, inTurn, rawServer, reply, succeed } from "./scripted-plugin.ts";

const SUCCEEDED = JSON.stringify({ node: { phase: "Succeeded", message: "ok" } });

/** Runs one task with a plugin at this address and answers what was reported of it. */
async function runWith(address: string, template = task("it"), options: { limits?: object } = {}): Promise<object> {
  const cluster = await TestCluster.start();
  cluster.startAgent({ at: { "it-executor-plugin": address }, ...options });
  await cluster.announce({ n1: template });
  return cluster.reported("n1");
}

describe("wire rules", () => {
  it("1: the length is sent, nothing is chunked, and the content type is application/json to the letter", async () => {
    const strict = await ScriptedPlugin.start(({ headers }, response) => {
      const type = headers["content-type"];
      if (headers["transfer-encoding"] !== undefined) response.destroy();
      else if (type === "application/json") response.end(SUCCEEDED);
      else response.writeHead(415).end(`not ${type}`);
    });
    expect(await runWith(strict.address, task("it", { text: "ünïcödé ✓" }))).toMatchObject({ message: "ok" });
    const [call] = strict.calls;
    expect(call?.headers["content-length"]).toBe(String(Buffer.byteLength(call?.text ?? "")));
    expect(call?.headers["transfer-encoding"]).toBeUndefined();
  });

  it("2: the token is the plugin's, as it stands in its file", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    await runWith(plugin.address);
    expect(plugin.calls[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it("3: a plugin that listens on IPv4 only is reached", async () => {
    const plugin = await ScriptedPlugin.start(succeed(), 0, "127.0.0.1");
    expect(await runWith(plugin.address)).toMatchObject({ message: "ok" });
  });

  it.runIf(hasIpv6())("3: a plugin that listens on IPv6 only is reached", async () => {
    const plugin = await ScriptedPlugin.start(succeed(), 0, "::1");
    expect(await runWith(plugin.address)).toMatchObject({ message: "ok" });
  });

  it("3: an HTTP/1.0 answer without a length ends where the connection does", async () => {
    const [first, second] = [SUCCEEDED.slice(0, 10), SUCCEEDED.slice(10)];
    const address = await rawServer((socket) => {
      socket.write(`HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6 Python/3.6\r\n\r\n${first}`);
      setImmediate(() => socket.end(second));
    });
    expect(await runWith(address)).toMatchObject({ phase: "Succeeded", message: "ok" });
  });

  it("4: name, inputs, outputs and metadata are always there, absent lists are not, parameters have values", async () => {
    const plugin = await ScriptedPlugin.start(succeed());
    const inputs = { parameters: [{ name: "a", value: "1" }, { name: "b" }] };
    await runWith(plugin.address, { inputs, plugin: { it: {} } });
    expect(plugin.calls[0]?.body.template).toEqual({
      name: "",
      inputs: {
        parameters: [
          { name: "a", value: "1" },
          { name: "b", value: "" },
        ],
      },
      outputs: {},
      metadata: {},
      plugin: { it: {} },
    });
    expect(plugin.calls[0]?.body.workflow).toEqual({ metadata: { name: "wf", namespace: "default", uid: "uid-1" } });
    expect(plugin.calls[0]?.text).not.toContain("null");
  });

  it("5: output values that are numbers, booleans or objects are stored as text", async () => {
    const parameters = [
      { name: "n", value: 2 },
      { name: "b", value: false },
      { name: "o", value: { a: [1, null] } },
    ];
    const plugin = await ScriptedPlugin.start(
      reply({ node: { phase: "Succeeded", outputs: { parameters, result: 7 } } }),
    );
    expect(await runWith(plugin.address)).toMatchObject({
      outputs: {
        parameters: [{ value: "2" }, { value: "false" }, { value: '{"a":[1,null]}' }],
        result: "7",
      },
    });
  });

  it("6: of two JSON documents in one body the first counts", async () => {
    const plugin = await ScriptedPlugin.start(
      (_call, response) => void response.end(`${SUCCEEDED}\n{"node":{"phase":"Failed"}}`),
    );
    expect(await runWith(plugin.address)).toMatchObject({ phase: "Succeeded" });
  });

  it("7: a plugin gets no more calls at a time than it is allowed; the rest wait their turn", async () => {
    let [underWay, most] = [0, 0];
    const plugin = await ScriptedPlugin.start((_call, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        response.end(SUCCEEDED);
      }, 5);
    });
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address }, limits: { callsPerPlugin: 2 } });
    const ids = Array.from({ length: 10 }, (_, index) => `n${index}`);
    await cluster.announce(Object.fromEntries(ids.map((id) => [id, task("it")])));
    for (const id of ids) expect(await cluster.reported(id)).toMatchObject({ phase: "Succeeded" });
    expect([plugin.calls.length, most]).toEqual([10, 2]);
  });

  it("4: what Argo does not send stands beside the template and in headers; the key is the same for every repetition", async () => {
    const plugin = await ScriptedPlugin.start(
      inTurn(reply({ node: { phase: "Running" }, requeue: "10ms", state: { job: 7 } }), succeed()),
    );
    await runWith(plugin.address);
    const [first, second] = plugin.calls;
    const key = "uid-1/n1/0";
    expect(first?.body.node).toEqual({ id: "n1", attempt: 0, idempotencyKey: key });
    expect(plugin.calls.map(({ headers }) => headers["idempotency-key"])).toEqual([key, key]);
    expect([first?.body.state, second?.body.state]).toEqual([undefined, { job: 7 }]);
    expect(Object.keys(second?.body.template ?? {}).toSorted()).toEqual([
      "inputs",
      "metadata",
      "name",
      "outputs",
      "plugin",
    ]);
  });
});

describe("a plugin that misbehaves", () => {
  it("and drops the connection is called again", async () => {
    const plugin = await ScriptedPlugin.start(inTurn((_call, response) => void response.destroy(), succeed()));
    const clock = new SimulatedClock();
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { it: plugin.address }, clock });
    await cluster.announce({ n1: task("it") });
    await advanceUntil(clock, () => plugin.calls.length === 2);
    expect(await cluster.reported("n1")).toMatchObject({ phase: "Succeeded" });
  });

  it.each([
    [
      "something that is no HTTP",
      "SSH-2.0-OpenSSH_9.2\r\n",
      /^plugin it-executor-plugin answered template.execute with something that is no HTTP/,
    ],
    [
      "half an answer, and drops the connection",
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
      /in 1 tries; the last: connection dropped/,
    ],
    ["a page", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", /with something that is no JSON: <html>$/],
    ["an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", /with an empty body$/],
    ["a refusal", "HTTP/1.0 403 Forbidden\r\n\r\n", /with 403 Forbidden$/],
  ])("and answers %s fails its step, with its name and the method", async (_what, bytes, message) => {
    const address = await rawServer((socket) => socket.end(bytes));
    const report = await runWith(address, task("it"), { limits: { maxTries: 1 } });
    expect(report).toEqual({ phase: "Failed", message: expect.stringMatching(message) });
  });

  it("and sends 50 MB fails its step; not more is taken in than an answer may have", async () => {
    let sentBytes = 0;
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    const plugin = await ScriptedPlugin.start((_call, response) => {
      const send = (): void => {
        while (sentBytes < 50 * piece.length && !response.destroyed) {
          sentBytes += piece.length;
          if (!response.write(piece)) return void response.once("drain", send);
        }
        response.end();
      };
      send();
    });
    expect(await runWith(plugin.address)).toEqual({
      phase: "Failed",
      message:
        "plugin it-executor-plugin answered template.execute with more than the 2097152 bytes that an answer may have",
    });
    expect(sentBytes).toBeLessThan(20 * piece.length);
  });

  it("and says nothing for 30 s is called again, five times in all; then its step fails", async () => {
    const plugin = await ScriptedPlugin.start(() => {});
    const clock = new SimulatedClock();
    const cluster = await TestCluster.start();
    cluster.startAgent({ at: { "it-plugin": plugin.address }, clock, random: () => 0 });
    await cluster.announce({ n1: task("it") });
    const startMs = clock.now();
    for (let call = 1; call <= 5; call += 1) {
      await until(() => plugin.calls.length === call);
      await clock.advance(30_000);
      if (call === 5) break;
      expect(
        await cluster.reported("n1", ({ phase, message }) => phase === "Pending" && message !== undefined),
      ).toEqual({
        phase: "Pending",
        message: `call retried ${call + 1} of 5: plugin it-plugin: no answer within 30 s`,
      });
      await clock.advance(1_000 * 2 ** (call - 1));
    }
    expect(await cluster.reported("n1")).toEqual({
      phase: "Failed",
      message: "plugin it-plugin gave template.execute no answer in 5 tries; the last: no answer within 30 s",
    });
    expect(clock.now() - startMs).toBe(5 * 30_000 + 15_000);
    expect(plugin.calls.length).toBe(5);
  });

  it.each([
    [
      "a wrong phase",
      { phase: "Done" },
      undefined,
      /reply that cannot be used: node.phase must be one of .* not "Done"$/,
    ],
    ["no phase at all", { message: "hm" }, undefined, /with neither phase nor requeue/],
    ["a requeue that is no duration", { phase: "Running" }, "soon", /requeue must be a duration .* not "soon"$/],
  ])("and answers %s fails its step", async (_what, node, requeue, message) => {
    const plugin = await ScriptedPlugin.start(reply({ node, requeue }));
    expect(await runWith(plugin.address)).toEqual({ phase: "Failed", message: expect.stringMatching(message) });
  });
});

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));
}
