import { existsSync } from "node:fs";
import { AGENT_PERMISSIONS } from "@outrigger/agent";
import { CONTROLLER_PERMISSIONS, WARM_POOL_PERMISSIONS } from "@outrigger/controller";
import { HttpKubeClient, NAMESPACES, loadConnection } from "@outrigger/kube";
import { beforeAll, describe, expect, it } from "vitest";
import { withoutSecrets } from "../../../tools/rbac-rules.ts";
import { AuditedCalls, asCalls } from "../support/audit-log.ts";
import { SYSTEM_NAMESPACE } from "../support/install.ts";

const { OUTRIGGER_AUDIT_LOG: path = "/var/lib/outrigger-cluster/log/audit.jsonl" } = process.env;
const why = existsSync(path)
  ? ""
  : ` (skipped: there is no audit log of the API server at ${path}; OUTRIGGER_AUDIT_LOG may name one)`;

const CONTROLLER = new RegExp(`^system:serviceaccount:${SYSTEM_NAMESPACE}:outrigger-e2e-controller$`);
const AGENTS = /^system:serviceaccount:e2e-[a-z0-9]+:default$/;
// Checked by other API servers only.
const NOT_HERE = "update workflows/finalizers";

/** Of all that the scenarios before this one have made the processes do. */
describe.skipIf(why !== "")(`what the API server was asked, by its audit log${why}`, () => {
  let calls: AuditedCalls;
  beforeAll(async () => {
    const client = new HttpKubeClient({ connection: await loadConnection({ env: process.env }) });
    const { metadata } = await client.get(NAMESPACES, { name: SYSTEM_NAMESPACE });
    client.close();
    calls = new AuditedCalls(path, new Date(String(metadata["creationTimestamp"])));
  });

  it("the controller was refused nothing, and has used all that it may", () => {
    expect(calls.refusedTo(CONTROLLER)).toEqual([]);
    const may = asCalls([...CONTROLLER_PERMISSIONS, ...WARM_POOL_PERMISSIONS]);
    expect(calls.of(CONTROLLER)).toEqual(may.filter((call) => call !== NOT_HERE));
  });

  it("agents have asked for what they may, and nothing else", () => {
    expect(calls.of(AGENTS)).toEqual(asCalls(withoutSecrets(AGENT_PERMISSIONS)));
  });
});
