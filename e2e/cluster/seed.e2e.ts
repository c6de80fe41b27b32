import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../tools/command.ts";
import { ROOT, outrigger } from "../support/cli.ts";
import { INSTANCE_ID } from "./support/install.ts";
import { Release } from "./support/release.ts";
import { Scenario, steps } from "./support/scenario.ts";

// The reference page's own files are not ours to keep: they lie beside the repository, if at all.
const SEED = join(dirname(ROOT), "shared/seed-hello");
const ALONE = ["singleNamespace=true", "controller.replicas=1", "agent.linger=2s"];
const why = existsSync(SEED) ? "" : ` (skipped: ${SEED} is not there)`;

describe.skipIf(why !== "")(`the reference page, as it is written${why}`, () => {
  it("plugins switched on in the Deployment, the ConfigMap built and applied, the Workflow created: hello", async () => {
    await using scenario = await Scenario.start({ agentRole: false });
    const { namespace } = scenario;
    const folder = mkdtempSync(join(tmpdir(), "outrigger-seed-"));
    using _ = Release.install("argo", namespace, [...ALONE, "controller.executorPlugins=false"]);
    try {
      cpSync(SEED, folder, { recursive: true });
      expect(await outrigger(["executor-plugin", "build", "."], { cwd: folder })).toMatchObject({ code: 0 });
      const kubectl = (...args: readonly string[]): string =>
        run(["kubectl", "-n", namespace, ...args], { cwd: folder }).trim();
      kubectl("set", "env", "deployment/workflow-controller", "ARGO_EXECUTOR_PLUGINS=true");
      kubectl("rollout", "status", "deployment/workflow-controller", "--timeout=60s");
      // The one from before must not run the Workflow in its last second.
      await scenario.until(() =>
        Promise.resolve(expect(kubectl("get", "pods", "-o", "name").split("\n")).toHaveLength(1)),
      );
      kubectl("apply", "-f", "hello-executor-plugin-configmap.yaml");
      await scenario.until(async () => {
        expect(await scenario.logsOf("deployment/workflow-controller")).toMatch(/"msg":"Executor plugin added".*/);
      });
      const name = kubectl("create", "-f", "hello.yaml", "-o", "name").replace(/.*\//, "");
      const { nodes = {} } = await scenario.ended(name);
      expect(Object.values(nodes)).toMatchObject([{ phase: "Succeeded", message: "Hello template!" }]);
      expect(kubectl("get", "cm", "-l", "workflows.argoproj.io/configmap-type=ExecutorPlugin", "-o", "name")).toBe(
        "configmap/hello-executor-plugin",
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("several controllers in one cluster", () => {
  it("each runs the Workflows of its instance, and leaves the others alone", async () => {
    await using scenario = await Scenario.start({ agentRole: false });
    const blue = [...ALONE, "instanceID=blue", "plugins.hello.enabled=true"];
    using _ = Release.install("blue", scenario.namespace, blue);
    const hello = steps("hello", [{}]);
    await scenario.submit(hello, "nobodys", "");
    await scenario.submit(hello, "blue", "blue");
    expect(await scenario.ended("blue")).toMatchObject({ phase: "Succeeded" });
    scenario.kubectl("scale", "deployment/workflow-controller", "--replicas=0");
    scenario.kubectl("wait", "--for=delete", "pod", "-l", "app.kubernetes.io/component=controller", "--timeout=60s");
    await scenario.submit(hello, "blues-too", "blue");
    await scenario.submit(hello, "theirs", INSTANCE_ID);
    expect(await scenario.ended("theirs")).toMatchObject({ phase: "Succeeded" });
    expect(await scenario.status("blues-too")).toEqual({});
    scenario.kubectl("scale", "deployment/workflow-controller", "--replicas=1");
    expect(await scenario.ended("blues-too")).toMatchObject({ phase: "Succeeded" });
    expect(await scenario.status("nobodys")).toEqual({});
  });
});
