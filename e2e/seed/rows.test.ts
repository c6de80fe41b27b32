import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS } from "@outrigger/kube";
import { agentPodName } from "@outrigger/types";
import { at, recordedCalls, scriptedPlugin, succeeded } from "../support/scripted-plugin.ts";
import type { Answer } from "../support/scripted-plugin.ts";
import { System, chain, node, oneStep } from "../support/system.ts";

// The reference page, row by row: what it promises, seen from outside, through the API and the plugin's own record of calls.
describe("the seed page", () => {
  let system: System;
  const start = async (options?: Parameters<typeof System.start>[0]): Promise<void> => {
    system = await System.start(options);
  };
  afterEach(() => system[Symbol.asyncDispose]());

  const install = async (
    name: string,
    port: number,
    answers: readonly Answer[],
    more: object = {},
  ): Promise<string> => {
    const recordFile = system.file(`${name}.calls`);
    const configMap = scriptedPlugin({ name, port, answers, recordFile, ...more });
    await system.session.apply([configMap]);
    return recordFile;
  };
  const wholeNode = (workflow: Awaited<ReturnType<System["run"]>>): unknown => workflow.status?.nodes?.["wf" as never];

  it("row 1: off unless ARGO_EXECUTOR_PLUGINS=true", async () => {
    await start({ controllerEnv: {} });
    const record = await install("hello", 15_001, [succeeded("no")]);
    const workflow = await system.run(oneStep("hello"));
    expect(workflow.status?.phase).not.toBe("Succeeded");
    expect(at(wholeNode(workflow), "message")).toContain("ARGO_EXECUTOR_PLUGINS=true");
    expect(recordedCalls(record)).toEqual([]);
  });

  describe("with plugins on", () => {
    beforeEach(() => start());

    it("row 2: request shape", async () => {
      const record = await install("hello", 15_002, [succeeded("hi")]);
      const inputs = { parameters: [{ name: "who", value: "world" }] };
      await system.run({
        entrypoint: "main",
        templates: [{ name: "main", inputs, plugin: { hello: { to: "{{inputs.parameters.who}}" } } }],
      });
      const [call] = recordedCalls(record);
      expect(call).toMatchObject({ method: "POST", path: "/api/v1/template.execute" });
      expect(call?.headers).toMatchObject({
        "content-type": "application/json",
        "content-length": expect.stringMatching(/^\d+$/) as string,
      });
      const { metadata } = await system.workflow();
      expect(call?.body).toMatchObject({
        workflow: { metadata: { name: "wf", namespace: "default", uid: metadata.uid } },
        template: { name: "main", inputs, outputs: {}, metadata: {}, plugin: { hello: { to: "world" } } },
      });
    });

    it("row 3: reply with phase, message and outputs", async () => {
      await install("hello", 15_003, [succeeded("done", { foo: "bar", count: 2, ok: true })]);
      const workflow = await system.run(oneStep("hello"));
      expect(wholeNode(workflow)).toMatchObject({
        phase: "Succeeded",
        message: "done",
        outputs: {
          parameters: [
            { name: "foo", value: "bar" },
            { name: "count", value: "2" },
            { name: "ok", value: "true" },
          ],
        },
      });
      const failing = { body: { node: { phase: "Failed", message: "no way" } } };
      await install("sad", 15_004, [failing]);
      expect((await system.run(oneStep("sad"), { name: "sad" })).status).toMatchObject({
        phase: "Failed",
        message: "no way",
      });
    });

    it("row 5: a token per plugin, sent as Bearer; 403 without", async () => {
      const records = [
        await install("alpha", 15_005, [{ body: {} }]),
        await install("beta", 15_006, [succeeded("mine")]),
      ];
      await system.run(oneStep("nobodys-key"));
      const sent = records.map((record) => recordedCalls(record)[0]?.headers["authorization"] ?? "");
      for (const header of sent) expect(header).toMatch(/^Bearer [\w-]{32}$/);
      expect(sent[0]).not.toBe(sent[1]);
      const foreign = `import {createServer} from "node:http";
        createServer((q, r) => r.writeHead(403).end("wrong token")).listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");`;
      await install("guarded", 15_007, [], { source: foreign });
      const workflow = await system.run(oneStep("guarded"), { name: "refused" });
      expect(workflow.status).toMatchObject({
        phase: "Failed",
        message: expect.stringMatching(/403.*wrong token/s) as string,
      });
    });

    it("row 6: 404 means that the method is not called again in this workflow", async () => {
      const alpha = await install("alpha", 15_008, [{ status: 404, body: "" }]);
      const beta = await install("beta", 15_009, [succeeded("mine")]);
      expect((await system.run(chain("nobodys-key", 3))).status?.phase).toBe("Succeeded");
      expect(recordedCalls(alpha)).toHaveLength(1);
      expect(recordedCalls(beta)).toHaveLength(3);
      await system.run(oneStep("nobodys-key"), { name: "another" });
      expect(recordedCalls(alpha)).toHaveLength(2);
    });

    it("row 7: {} means that the next plugin is asked", async () => {
      const alpha = await install("alpha", 15_010, [{ body: {} }]);
      const beta = await install("beta", 15_011, [succeeded("mine")]);
      expect((await system.run(chain("nobodys-key", 2))).status?.phase).toBe("Succeeded");
      expect([recordedCalls(alpha).length, recordedCalls(beta).length]).toEqual([2, 2]);
    });

    it("row 8: at least one port; a conflict of ports is reported", async () => {
      const portless = scriptedPlugin({ name: "portless", port: 1, answers: [], recordFile: "" });
      const text = portless["data"] as Readonly<Record<string, string>>;
      const container = (text["sidecar.container"] ?? "").replace(/ports:\n- containerPort: 1\n/, "");
      await system.session.apply([{ ...portless, data: { "sidecar.container": container } }]);
      await vi.waitFor(() =>
        expect(system.log).toContainEqual(
          expect.objectContaining({
            msg: "Executor plugin is invalid",
            error: 'data["sidecar.container"].ports is required',
          }),
        ),
      );
      await install("alpha", 15_012, []);
      await install("beta", 15_012, []);
      const workflow = await system.run(oneStep("nobodys-key"));
      expect(at(wholeNode(workflow), "message")).toMatch(/alpha and beta both use port 15012/);
    });

    it("row 9: log line `Executor plugin added`", async () => {
      await install("hello", 15_013, []);
      await vi.waitFor(() =>
        expect(system.log).toContainEqual(
          expect.objectContaining({
            level: "info",
            msg: "Executor plugin added",
            name: "hello-executor-plugin",
            namespace: "argo",
          }),
        ),
      );
    });

    it("row 10: the hello workflow Succeeded with message `Hello template!` and output foo=bar", async () => {
      const { readPluginFolder } = await import("outrigger");
      await system.session.install([await readPluginFolder("plugins/hello")], ["default"]);
      expect(wholeNode(await system.run(oneStep("hello")))).toMatchObject({
        phase: "Succeeded",
        message: "Hello template!",
        outputs: { parameters: [{ name: "foo", value: "bar" }] },
      });
    });

    it("row 11: two plugins of the same name: the one in the workflow's namespace wins", async () => {
      await system.session.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } }]);
      await install("hello", 15_014, [succeeded("from argo")]);
      const own = scriptedPlugin({
        name: "hello",
        namespace: "team",
        port: 15_015,
        answers: [succeeded("from team")],
        recordFile: system.file("own"),
      });
      await system.session.apply([own]);
      const message = async (namespace: string): Promise<unknown> =>
        at(wholeNode(await system.run(oneStep("hello"), { namespace })), "message");
      expect(await message("team")).toBe("from team");
      expect(await message("default")).toBe("from argo");
    });

    it("row 12: a secret in env", async () => {
      const data = { URL: Buffer.from("https://hooks.example/secret").toString("base64") };
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "slack-executor-plugin" }, data };
      await system.session.client.create(SECRETS, "default", secret);
      const source = `import {createServer} from "node:http";
        const node = {phase: "Succeeded", message: "posted to " + process.env.URL};
        createServer((q, r) => r.end(JSON.stringify({node}))).listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");`;
      const env = [{ name: "URL", valueFrom: { secretKeyRef: { name: "slack-executor-plugin", key: "URL" } } }];
      await install("slack", 15_016, [], { source, env });
      expect(at(wholeNode(await system.run(oneStep("slack"))), "message")).toBe(
        "posted to https://hooks.example/secret",
      );
    });

    const TRANSIENT: Record<string, Answer> = {
      "a dropped connection": { drop: true },
      "503": { status: 503, body: "busy" },
    };
    it.each(Object.entries(TRANSIENT))("row 14: %s is retried", async (_name, trouble) => {
      const record = await install("flaky", 15_017, [trouble, succeeded("at last")]);
      expect(at(wholeNode(await system.run(oneStep("flaky"))), "message")).toBe("at last");
      expect(recordedCalls(record)).toHaveLength(2);
    });

    it("row 14: another 4xx or 5xx fails the step, with status and body in the message", async () => {
      const record = await install("broken", 15_018, [{ status: 418, body: "I am a teapot" }]);
      const workflow = await system.run(oneStep("broken"));
      expect(workflow.status).toMatchObject({
        phase: "Failed",
        message: expect.stringMatching(/418.*I am a teapot/s) as string,
      });
      expect(recordedCalls(record)).toHaveLength(1);
    });

    it("row 16: the plugin's log is the log of its container in the agent pod", async () => {
      await install("hello", 15_019, [{ body: { node: { phase: "Running", message: "at it" }, requeue: "1h" } }]);
      await system.submit(oneStep("hello"));
      await vi.waitFor(async () => expect(node(await system.workflow(), "wf")?.message).toBe("at it"));
      const ref = { namespace: "default", name: agentPodName("wf") };
      let text = "";
      for await (const chunk of system.session.client.logs(ref, { container: "hello-executor-plugin" })) text += chunk;
      expect(text).toBe("listening\ncalled /api/v1/template.execute\n");
    });

    it("row 17: plugins are listed by label", async () => {
      await install("alpha", 15_020, []);
      await install("beta", 15_021, []);
      const labelSelector = "workflows.argoproj.io/configmap-type=ExecutorPlugin";
      const { items } = await system.session.client.list(CONFIG_MAPS, { namespace: "argo", labelSelector });
      expect(items.map(({ metadata }) => metadata.name)).toEqual(["alpha-executor-plugin", "beta-executor-plugin"]);
    });

    it("row 18: the token of the service account <plugin>-executor-plugin, which the API accepts", async () => {
      const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "reader-executor-plugin" } };
      await system.session.client.create(SERVICE_ACCOUNTS, "default", account);
      const source = `import {createServer} from "node:http";
        import {get} from "node:https";
        import {readFileSync} from "node:fs";
        const folder = "/var/run/secrets/kubernetes.io/serviceaccount/";
        const [token, ca, namespace] = ["token", "ca.crt", "namespace"].map((name) => readFileSync(folder + name, "utf8"));
        const {sub} = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
        const {KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port} = process.env;
        const ask = (done) => get({host, port, ca, path: "/api/v1/namespaces/" + namespace + "/configmaps", headers: {Authorization: "Bearer " + token}}, (r) => {
          r.resume(); done(r.statusCode);
        });
        createServer((q, r) => ask((status) => r.end(JSON.stringify({node: {phase: "Succeeded", message: sub + " " + status}}))))
          .listen(Number(process.env.OUTRIGGER_PORT), "127.0.0.1");`;
      await install("reader", 15_022, [], { source, automountServiceAccountToken: true });
      const workflow = await system.run(oneStep("reader"));
      expect(at(wholeNode(workflow), "message")).toBe("system:serviceaccount:default:reader-executor-plugin 200");
    });
  });
});
