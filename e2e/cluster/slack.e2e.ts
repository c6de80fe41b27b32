import { PODS, SECRETS } from "@outrigger/kube";
import { VERSION } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { SYSTEM_NAMESPACE } from "./support/install.ts";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";

const WEBHOOK_PATH = "/services/T0001/B0002/very-secret";
const FAKE_SLACK = `
import { createServer } from "node:http";
let limited = true;
createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk)).on("end", () => {
    if (request.url !== "${WEBHOOK_PATH}") return response.writeHead(404).end("no_service");
    if (limited) { limited = false; return response.writeHead(429, { "Retry-After": "1" }).end("ratelimited"); }
    console.log(text);
    response.end("ok");
  });
}).listen(8080);
`;

/** A pod that behaves as Slack's webhook does; its first answer is that there are too many messages. Answers its address. */
async function fakeSlack(scenario: Scenario): Promise<string> {
  const { client, namespace } = scenario;
  const container = {
    name: "slack",
    image: `ghcr.io/outrigger-dev/plugin-hello:${VERSION}`, // for its Node
    command: ["node", "--input-type=module", "-e", FAKE_SLACK],
    readinessProbe: { tcpSocket: { port: 8_080 }, periodSeconds: 1 },
  };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "slack" }, spec: { containers: [container] } };
  await client.create(PODS, namespace, pod);
  scenario.kubectl("wait", "pod/slack", "--for=condition=Ready", "--timeout=60s");
  return `http://${scenario.kubectl("get", "pod/slack", "-o", "jsonpath={.status.podIP}")}:8080`;
}

describe("slack", () => {
  it("posts once, though Slack asks to wait, with the webhook out of a Secret of the Workflow's namespace", async () => {
    await using scenario = await Scenario.start();
    const { client, namespace } = scenario;
    const url = `${await fakeSlack(scenario)}${WEBHOOK_PATH}`;
    const metadata = { name: "slack-executor-plugin" };
    await client.create(SECRETS, namespace, { apiVersion: "v1", kind: "Secret", metadata, stringData: { URL: url } });
    const status = await scenario.run(steps("slack", [{ text: "built by {{workflow.name}}" }]));
    expect(nodeOf(status, "s0")).toMatchObject({ phase: "Succeeded", message: "posted to Slack" });
    expect((await scenario.logs("slack", "slack")).trim()).toBe('{"text":"built by wf"}');
    const [pod] = await scenario.agentPods();
    const shown = [
      JSON.stringify(status),
      await scenario.logs(pod?.metadata.name ?? "", "slack-executor-plugin"),
      await scenario.logs(pod?.metadata.name ?? "", "main"),
      scenario.kubectl("-n", SYSTEM_NAMESPACE, "logs", "-l", "app.kubernetes.io/component=controller", "--tail=-1"),
    ];
    expect(shown.join("\n")).not.toContain("very-secret");
  });
});
