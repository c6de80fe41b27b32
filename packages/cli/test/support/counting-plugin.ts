import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MANIFEST = (records: string): string => `apiVersion: argoproj.io/v1alpha1
kind: ExecutorPlugin
metadata: {name: count}
spec:
  sidecar:
    container:
      name: count-executor-plugin
      image: node:24-alpine
      command: [node, -e]
      ports: [{containerPort: 15713}]
      env: [{name: OUTRIGGER_PORT, value: "15713"}, {name: RECORDS, value: "${records}"}]
      resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {cpu: 100m, memory: 64Mi}}
      securityContext: {runAsNonRoot: true}
`;

// Not with the SDK: any plugin will do. It fails as often as a step says, and remembers that beyond its own end.
const SERVER = `const fs = require("node:fs");
console.log("counting");
require("node:http").createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk)).on("end", () => {
    const { template, node } = JSON.parse(body || "{}");
    const { count } = template?.plugin ?? {};
    if (count === undefined) return response.end("{}");
    fs.appendFileSync(process.env.RECORDS, JSON.stringify({ id: count.id, key: node.idempotencyKey }) + "\\n");
    const calls = fs.readFileSync(process.env.RECORDS, "utf8").split("\\n").filter((line) => line.includes('"' + count.id + '"')).length;
    console.log(JSON.stringify({ level: "info", msg: "call " + calls, nodeId: node.id }));
    const phase = calls <= (count.failures ?? 0) ? "Failed" : count.hold ? "Running" : "Succeeded";
    response.end(JSON.stringify({ node: { phase, message: count.id + " " + calls }, ...(count.hold ? { requeue: "1h" } : {}) }));
  });
}).listen(process.env.OUTRIGGER_PORT, "127.0.0.1");`;

/** One call of the plugin: of which step, under which idempotency key. */
export interface Counted {
  readonly id: string;
  readonly key: string;
}

/** A plugin that counts the calls of each step, `plugin: {count: {id, failures, hold}}`, and fails the first of them. */
export class CountingPlugin {
  readonly folder: string;
  readonly #records: string;

  constructor(root: string) {
    this.folder = join(root, "count");
    this.#records = join(root, "records");
    mkdirSync(this.folder);
    writeFileSync(join(this.folder, "plugin.yaml"), MANIFEST(this.#records));
    writeFileSync(join(this.folder, "server.cjs"), SERVER);
    writeFileSync(this.#records, "");
  }

  /** The calls of one step. */
  calls(id: string): readonly Counted[] {
    const lines = readFileSync(this.#records, "utf8").split("\n");
    return lines
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Counted)
      .filter((call) => call.id === id);
  }
}
