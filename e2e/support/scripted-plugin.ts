import { readFileSync } from "node:fs";
import { toYaml } from "@outrigger/kube";
import { isJsonObject, pluginConfigMapName } from "@outrigger/types";
import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";

/** How a scripted plugin answers one call. */
export type Answer =
  | { readonly status?: number; readonly body: JsonValue | string }
  /** Closes the connection without a word. */
  | { readonly drop: true };

export interface ScriptedPlugin {
  readonly name: string;
  readonly namespace?: string;
  readonly port: number;
  /** One for each call, in order; the last goes on for ever. */
  readonly answers: readonly Answer[];
  /** Where the plugin writes down what it was sent. */
  readonly recordFile: string;
  readonly env?: readonly JsonObject[];
  readonly automountServiceAccountToken?: boolean;
  /** Stands in for the program: it gets the same environment. */
  readonly source?: string;
}

/** One call as the plugin saw it. */
export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

// Plain JavaScript, as an author would write it without our SDK; it checks the token as the seed page's server does.
const SOURCE = `
import { createServer } from "node:http";
import { appendFileSync, readFileSync } from "node:fs";
const { SCRIPT, RECORD, OUTRIGGER_PORT, OUTRIGGER_TOKEN_PATH } = process.env;
const answers = JSON.parse(SCRIPT);
const token = readFileSync(OUTRIGGER_TOKEN_PATH ?? "/var/run/argo/token", "utf8");
console.log("listening");
createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += chunk)).on("end", () => {
    if (request.method !== "POST") return response.writeHead(404).end();
    const { method, url: path, headers } = request;
    appendFileSync(RECORD, JSON.stringify({ method, path, headers, body: JSON.parse(text) }) + "\\n");
    console.log("called " + path);
    if (headers.authorization !== "Bearer " + token) return response.writeHead(403).end("wrong token");
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer.drop) return request.socket.destroy();
    const body = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200).end(body);
  });
}).listen(Number(OUTRIGGER_PORT), "127.0.0.1");
`;

/** The ConfigMap that installs a scripted plugin. */
export function scriptedPlugin(plugin: ScriptedPlugin): KubeObject {
  const { name, namespace = "argo", port, answers, recordFile, env = [], source = SOURCE } = plugin;
  const container = {
    name: pluginConfigMapName(name),
    image: "node:24-alpine",
    command: ["node", "--input-type=module", "-e"],
    args: [source],
    ports: [{ containerPort: port }],
    env: [
      { name: "OUTRIGGER_PORT", value: String(port) },
      { name: "SCRIPT", value: JSON.stringify(answers) },
      { name: "RECORD", value: recordFile },
      ...env,
    ],
    resources: { requests: { cpu: "1m", memory: "16Mi" }, limits: { cpu: "1", memory: "128Mi" } },
    securityContext: { runAsNonRoot: true },
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: pluginConfigMapName(name),
      namespace,
      labels: { "workflows.argoproj.io/configmap-type": "ExecutorPlugin" },
    },
    data: {
      "sidecar.automountServiceAccountToken": String(plugin.automountServiceAccountToken ?? false),
      "sidecar.container": toYaml(container),
    },
  };
}

/** What a scripted plugin has been sent so far. */
export function recordedCalls(recordFile: string): readonly RecordedCall[] {
  return readFileSync(recordFile, { encoding: "utf8", flag: "a+" })
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordedCall);
}

export const succeeded = (message: string, outputs: Readonly<Record<string, JsonValue>> = {}): Answer => {
  const parameters = Object.entries(outputs).map(([name, value]) => ({ name, value }));
  return {
    body: { node: { phase: "Succeeded", message, ...(parameters.length === 0 ? {} : { outputs: { parameters } }) } },
  };
};

/** A field deep in JSON, for assertions. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isJsonObject(found) ? found[key] : undefined), value);
}
