import { toYaml } from "@outrigger/kube";
import { ARGO_API_VERSION, VERSION, pluginConfigMap, pluginConfigMapName } from "@outrigger/types";
import type { ConfigMap, PluginContainer } from "@outrigger/types";

const PORT = 14_800;

// Writes each call into its log. {delayMs} answers late, {failBefore: n} fails attempts below n, {polls: n} is polled n times, {env: NAME} tells a
// variable, {api: path} what the API says to the token that it was given. START_MS is how long it takes to listen.
const SOURCE = `
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { get } from "node:https";
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";
const ask = (path) => new Promise((resolve) => {
  const [ca, token] = ["ca.crt", "token"].map((file) => readFileSync(ACCOUNT + file, "utf8"));
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  get({ host, port, path, ca, headers: { Authorization: "Bearer " + token } }, (answer) => {
    let text = "";
    answer.on("data", (chunk) => (text += chunk)).on("end", () => resolve(answer.statusCode + " " + JSON.parse(text).data?.word));
  }).on("error", (error) => resolve(error.message));
});
const listening = Number(process.env.START_MS ?? 0);
const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk)).on("end", async () => {
    const method = request.url.split("/").at(-1);
    if (request.method !== "POST" || method !== "template.execute" && method !== "template.cancel") return response.writeHead(404).end();
    const { template, node, state = 0 } = JSON.parse(text);
    const { delayMs = 0, failBefore = 0, polls = 0, env, api } = template.plugin.scripted ?? {};
    console.log(JSON.stringify({ method, id: node.id, attempt: node.attempt, key: node.idempotencyKey, polled: state }));
    const phase = node.attempt < failBefore ? "Failed" : state < polls ? "Running" : "Succeeded";
    const given = (template.inputs.parameters ?? []).map((parameter) => parameter.value).join();
    const value = env ? process.env[env] : api ? await ask(api) : given;
    const outputs = { parameters: [{ name: "echo", value }] };
    const answer = phase === "Running" ? { node: { phase, progress: state + "/" + polls }, requeue: "100ms", state: state + 1 } : { node: { phase, message: "attempt " + node.attempt, outputs } };
    setTimeout(() => response.setHeader("Content-Type", "application/json").end(JSON.stringify(answer)), delayMs);
  });
});
setTimeout(() => server.listen(${PORT}, "127.0.0.1"), listening);
`;

export interface ScriptedPlugin {
  readonly name?: string;
  readonly image?: string;
  readonly port?: number;
  /** How long it takes until it listens. */
  readonly startMs?: number;
  readonly env?: PluginContainer["env"];
  /** Whether it gets the token of its service account. */
  readonly automountServiceAccountToken?: boolean;
}

export function scriptedPlugin(plugin: ScriptedPlugin = {}): ConfigMap {
  const { name = "scripted", image, port = PORT, startMs = 0, env = [], automountServiceAccountToken = false } = plugin;
  const container: PluginContainer = {
    name: pluginConfigMapName(name),
    image: image ?? `ghcr.io/outrigger-dev/plugin-hello:${VERSION}`, // for its Node
    command: ["node", "--input-type=module", "-e"],
    args: [SOURCE],
    env: [{ name: "START_MS", value: String(startMs) }, ...env],
    ports: [{ containerPort: port }],
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    securityContext: { runAsNonRoot: true },
  };
  const spec = { sidecar: { automountServiceAccountToken, container } };
  const manifest = { apiVersion: ARGO_API_VERSION, kind: "ExecutorPlugin", metadata: { name }, spec } as const;
  return pluginConfigMap(manifest, toYaml(container));
}

export interface Call {
  readonly method: string;
  readonly id: string;
  readonly attempt: number;
  readonly key: string;
  readonly polled: number;
}

/** What the plugin has written into its log. */
export function callsIn(log: string): readonly Call[] {
  return log
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Call);
}
