// `npm run bench [-- --target cluster] [-- --json] [-- --cpu-prof=FOLDER] [-- NAME…]`: see docs/performance.md
import { parseArgs } from "node:util";
import { loadConnection } from "@outrigger/kube";
import { benchCluster } from "./cluster/bench.ts";
import type { Findings } from "./cluster/bench.ts";
import { benchLocal } from "./local.ts";
import { print, printFindings } from "./print.ts";
import type { Measurement } from "./measure.ts";
import { CLUSTER_WORKLOADS, WORKLOADS } from "./workloads.ts";

const TARGETS: Readonly<Record<string, typeof WORKLOADS>> = { local: WORKLOADS, cluster: CLUSTER_WORKLOADS };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string", default: "local" },
    json: { type: "boolean", default: false },
    "cpu-prof": { type: "string" },
  },
});
const table = TARGETS[values.target];
if (table === undefined) leave(`no target ${values.target}: there are ${Object.keys(TARGETS).join(", ")}`);
const unknown = positionals.filter((name) => !Object.hasOwn(table, name));
if (unknown.length > 0) leave(`no workload ${unknown.join(", ")}: there are ${Object.keys(table).join(", ")}`);
const workloads = Object.entries(table).filter(([name]) => positionals.length === 0 || positionals.includes(name));

const results: Record<string, Measurement> = {};
const report = (name: string, result: Measurement): void => {
  results[name] = result;
  if (!values.json) print(name, result);
};
let findings: Findings = {};
if (values.target === "cluster") {
  const { OUTRIGGER_AUDIT_LOG: auditLog = "/var/lib/outrigger-cluster/log/audit.jsonl" } = process.env;
  findings = await benchCluster(
    workloads,
    { connection: await loadConnection({ env: process.env }), auditLog },
    report,
  );
  if (!values.json) printFindings(findings);
} else {
  const profileFolder = values["cpu-prof"];
  await benchLocal(workloads, profileFolder === undefined ? {} : { profileFolder }, report);
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...results, ...findings }, undefined, 2)}\n`);
process.exit(0);

function leave(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
