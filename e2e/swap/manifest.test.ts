import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_PERMISSIONS } from "@outrigger/agent";
import { formatManifestIssue, readManifests } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { rbacRules, withoutSecrets } from "../../tools/rbac-rules.ts";
import { ROOT } from "../support/cli.ts";
import { at } from "../support/scripted-plugin.ts";

const FILE = "docs/guides/shared-agent.yaml";

function manifest(kind: string): JsonObject {
  const read = readManifests(readFileSync(join(ROOT, FILE), "utf8"), FILE);
  if (!read.ok) throw new Error(read.issues.map(formatManifestIssue).join("\n"));
  const found = read.value.map(({ value }) => value).find((value) => value["kind"] === kind);
  if (found === undefined) throw new Error(`${FILE} has no ${kind}`);
  return found;
}

describe("docs/guides/shared-agent.yaml", () => {
  it("grants what an agent asks for, but for Secrets, and no more", () => {
    const granted = (at(manifest("Role"), "rules") as readonly Record<string, readonly string[]>[]).flatMap(
      ({ resources = [], verbs = [] }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    );
    const asked = rbacRules(withoutSecrets(AGENT_PERMISSIONS)).flatMap(({ resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    );
    expect(granted.sort()).toEqual(asked.sort());
  });

  it("never has two agents at the same tasks", () => {
    expect(at(manifest("Deployment"), "spec", "replicas")).toBe(1);
    expect(at(manifest("Deployment"), "spec", "strategy")).toEqual({ type: "Recreate" });
  });

  it("names the containers and ports that are there, and mounts each plugin its own token", () => {
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
    expect(valueOf("ARGO_PLUGIN_NAMES")).toEqual(plugins.map(({ name }) => name));
    expect(valueOf("ARGO_PLUGIN_ADDRESSES")).toEqual(
      plugins.map(({ ports }) => `http://localhost:${ports[0]?.containerPort ?? 0}`),
    );
    for (const { name, volumeMounts } of plugins)
      expect(volumeMounts).toEqual([
        { name: "var-run-argo", mountPath: "/var/run/argo", subPath: name, readOnly: true },
      ]);
  });
});
