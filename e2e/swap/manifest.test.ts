import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_PERMISSIONS } from "@outrigger/agent";
import { formatManifestIssue, readManifests } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { rbacRules, withoutSecrets } from "../../tools/rbac-rules.ts";
import { ROOT } from "../support/cli.ts";
import { at } from "../support/scripted-plugin.ts";

const FILE = "deploy/shared-agent.yaml";
const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

function manifest(kind: string): JsonObject {
  const read = readManifests(readFileSync(join(ROOT, FILE), "utf8"), FILE);
  if (!read.ok) throw new Error(read.issues.map(formatManifestIssue).join("\n"));
  const found = read.value.map(({ value }) => value).find((value) => value["kind"] === kind);
  if (found === undefined) throw new Error(`${FILE} has no ${kind}`);
  return found;
}

describe("deploy/shared-agent.yaml", () => {
  it("grants what an agent asks for, but for Secrets, and no more", () => {
    expect(at(manifest("ClusterRole"), "rules")).toEqual(rbacRules(withoutSecrets(AGENT_PERMISSIONS)));
  });

  it("never has two agents at the same tasks", () => {
    expect(at(manifest("Deployment"), "spec", "replicas")).toBe(1);
    expect(at(manifest("Deployment"), "spec", "strategy")).toEqual({ type: "Recreate" });
  });

  it("names the containers and ports that are there, and mounts each plugin its own token and nothing else", () => {
    const pod = at(manifest("Deployment"), "spec", "template", "spec");
    const containers = at(pod, "containers") as readonly {
      readonly name: string;
      readonly ports: readonly { readonly containerPort: number }[];
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
      readonly volumeMounts: readonly JsonObject[];
    }[];
    const plugins = containers.filter(({ name }) => name !== "main");
    const main = containers.find(({ name }) => name === "main");
    const valueOf = (name: string): unknown => JSON.parse(main?.env?.find((each) => each.name === name)?.value ?? "");
    expect(plugins.map(({ name }) => name)).toEqual(["hello-executor-plugin"]);
    expect(valueOf("ARGO_PLUGIN_NAMES")).toEqual(plugins.map(({ name }) => name));
    expect(valueOf("ARGO_PLUGIN_ADDRESSES")).toEqual(
      plugins.map(({ ports }) => `http://localhost:${ports[0]?.containerPort ?? 0}`),
    );
    for (const { name, volumeMounts } of plugins)
      expect(volumeMounts).toEqual([
        { name: "var-run-argo", mountPath: "/var/run/argo", subPath: name, readOnly: true },
      ]);
    // The account's token is the agent's alone.
    expect(at(pod, "automountServiceAccountToken")).toBe(false);
    expect(main?.volumeMounts.map(({ mountPath }) => mountPath)).toContain(TOKEN_PATH);
  });
});
