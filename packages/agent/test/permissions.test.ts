import { describe, expect, it, onTestFinished } from "vitest";
import { AGENT_PERMISSIONS } from "@outrigger/agent";
import { HttpKubeClient } from "@outrigger/kube";
import { TestCluster, task, until } from "./cluster.ts";
import { ScriptedPlugin, succeed } from "./scripted-plugin.ts";

describe("the permissions of an agent", () => {
  it("are what it asks for, no less and no more", async () => {
    const asked = new Set<string>();
    const cluster = await TestCluster.start();
    const client = new HttpKubeClient({
      connection: cluster.api.connection(),
      observe: ({ verb, resource, subresource = "" }, run) => {
        asked.add([verb, resource, subresource].join(" ").trim());
        return run();
      },
    });
    onTestFinished(() => client.close());
    const plugin = await ScriptedPlugin.start(succeed());
    cluster.startAgent({ at: { it: plugin.address }, client });
    const headers = [{ name: "Token", valueFrom: { secretKeyRef: { name: "token", key: "token" } } }];
    const http = { name: "http", inputs: {}, outputs: {}, metadata: {}, http: { url: plugin.address, headers } };
    await cluster.announce({ n1: task("it"), n2: http });
    await cluster.reported("n1");
    await until(() => asked.has("get secrets"));

    const allowed = AGENT_PERMISSIONS.flatMap(({ resource, subresource = "", verbs }) =>
      verbs.map((verb) => [verb, resource.plural, subresource].join(" ").trim()),
    );
    expect([...asked].sort()).toEqual(allowed.sort());
  });
});
