import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONFIG_MAPS, DEPLOYMENTS, LEASES, PODS, WORKFLOWS } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import { startLocalSession } from "../src/local-session.ts";
import type { LocalSession } from "../src/local-session.ts";
import { readPluginFolder } from "../src/plugin/folder.ts";
import { outrigger } from "./support/cli.ts";
import type { CliOptions, CliRun } from "./support/cli.ts";
import { CountingPlugin } from "./support/counting-plugin.ts";

const PLUGINS_ON = { ARGO_EXECUTOR_PLUGINS: "true" };
const folder = mkdtempSync(join(tmpdir(), "outrigger-commands-"));
const plugin = new CountingPlugin(folder);
let session: LocalSession;

// One cluster for all; agent pods stay for a while after the end, as in a cluster.
beforeAll(async () => {
  session = await startLocalSession({ hostEnv: process.env, controllerEnv: PLUGINS_ON });
  await session.install([await readPluginFolder(plugin.folder)], ["default", "other"]);
});
afterAll(async () => {
  await session.stop();
  rmSync(folder, { recursive: true });
});

function cli(args: string, options: CliOptions = {}): Promise<CliRun> {
  return outrigger(args.split(" "), { ...options, env: { KUBECONFIG: session.cluster.kubeconfigPath } });
}

interface Step {
  readonly id: string;
  readonly failures?: number;
  readonly hold?: boolean;
}

/** A manifest of steps one after the other; `null` is a gate that somebody has to open. */
function manifest(name: string, steps: readonly (Step | null)[], spec: JsonObject = {}): string {
  const templates = steps.map((step, index) =>
    step === null
      ? { name: `t${index}`, suspend: {}, outputs: { parameters: [{ name: "who", valueFrom: { supplied: {} } }] } }
      : { name: `t${index}`, plugin: { count: step } },
  );
  const calls = steps.map((step, index) => [{ name: step?.id.split("/")[1] ?? "gate", template: `t${index}` }]);
  const file = join(folder, `${name}.yaml`);
  const workflow = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name },
    spec: { entrypoint: "main", ...spec, templates: [{ name: "main", steps: calls }, ...templates] },
  };
  writeFileSync(file, JSON.stringify(workflow));
  return file;
}

async function stored(name: string, namespace = "default"): Promise<JsonObject> {
  const object: unknown = await session.client.get(WORKFLOWS, { namespace, name });
  return isJsonObject(object) ? object : {};
}

describe("submit", () => {
  it("submits, and says what was made", async () => {
    const file = manifest("plain", [{ id: "plain/a" }]);
    expect(await cli(`submit ${file}`)).toEqual({
      code: 0,
      stdout: "workflow.argoproj.io/plain submitted\n",
      stderr: "",
    });
    expect(await cli("wait plain")).toMatchObject({ code: 0, stdout: "workflow.argoproj.io/plain Succeeded\n" });
  });

  it("names, labels and addresses what it submits, and waits for it as asked for", async () => {
    const file = manifest("named", [{ id: "named/a" }]);
    const flags = "--generate-name made- -l team=a,stage=test -n other --wait -o json";
    const { code, stdout } = await cli(`submit ${file} ${flags}`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^made-\w+$/) as string,
        namespace: "other",
        labels: { team: "a", stage: "test" },
      },
      status: { phase: "Succeeded" },
    });
  });

  it("leaves a Workflow to the controller of its instance", async () => {
    const file = manifest("blue", [{ id: "blue/a" }]);
    expect(await cli(`submit ${file} --instance-id blue --timeout 200ms`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /not ended in time.*\nblue goes on in the cluster: outrigger watch blue -n default\n/,
      ) as string,
    });
    expect((await stored("blue"))["metadata"]).toMatchObject({
      labels: { "workflows.argoproj.io/controller-instanceid": "blue" },
    });
  });

  it("runs a template of the cluster, with arguments", async () => {
    const template = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "WorkflowTemplate",
      metadata: { name: "shared", namespace: "default" },
      spec: {
        entrypoint: "main",
        arguments: { parameters: [{ name: "id", value: "shared/none" }] },
        templates: [{ name: "main", plugin: { count: { id: "{{workflow.parameters.id}}" } } }],
      },
    };
    await session.apply([template]);
    const { code, stdout } = await cli("submit --from workflowtemplate/shared -p id=shared/a --watch");
    expect(stdout).toMatch(/✔ shared-\w+ Succeeded\n✔ shared-\w+ shared\/a 1/);
    expect(code).toBe(0);
    expect(await cli("submit --from workflowtemplate/shared -p idea=x")).toMatchObject({
      code: 2,
      stderr: "error: -p idea: no such workflow parameter (declared: id)\n",
    });
  });

  it("reads standard input, and can leave it at a check by the API", async () => {
    const text = `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: dry}\nspec: {entrypoint: main, templates: [{name: main, plugin: {count: {id: dry/a}}}]}\n`;
    expect(await cli("submit - --dry-run", { stdin: text })).toMatchObject({
      code: 0,
      stdout: "workflow.argoproj.io/dry would be submitted\n",
    });
    expect(await cli("get dry")).toMatchObject({ code: 2 });
  });

  it("shows logs while it waits", async () => {
    const file = manifest("logged", [{ id: "logged/a" }]);
    const { stdout } = await cli(`submit ${file} --log`);
    expect(stdout).toMatch(/count │ counting\n/);
    expect(stdout).toMatch(/agent │ [\d:]+ info +Agent has started/);
  });

  const REFUSED: Record<string, { args: string; want: RegExp }> = {
    "a file that would not run": { args: "", want: /broken\.yaml:\d+:\d+: .*ghost/ },
    "neither file nor template": { args: "submit", want: /name files, or a template with --from/ },
    "a template that is not there": {
      args: "submit --from cwft/none",
      want: /there is no ClusterWorkflowTemplate none\n/,
    },
    "a source that is none": { args: "submit --from pod/x", want: /must be workflowtemplate\/NAME/ },
  };
  it.each(Object.entries(REFUSED))("refuses %s", async (_, { args, want }) => {
    const broken = join(folder, "broken.yaml");
    writeFileSync(
      broken,
      "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: x}\nspec: {entrypoint: ghost}\n",
    );
    const { code, stderr } = await cli(args === "" ? `submit ${broken}` : args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(want) as string });
  });
});

describe("list and get", () => {
  it("list Workflows as a table and for programs, selected by phase, label and namespace", async () => {
    const held = manifest("held", [{ id: "held/a", hold: true }]);
    const bad = manifest("bad", [{ id: "bad/a", failures: 1 }]);
    await cli(`submit ${held} -l kind=listed`);
    expect(await cli(`submit ${bad} -l kind=listed --wait`)).toMatchObject({ code: 1 });
    const { stdout } = await cli("list -l kind=listed");
    expect(stdout).toMatch(
      /^NAME +STATUS +AGE +DURATION +PROGRESS +MESSAGE\nbad +Failed +\ds +\ds +0\/1 +child .* failed\nheld +Running +/,
    );
    expect((await cli("list -l kind=listed --running -o name")).stdout).toBe("workflow.argoproj.io/held\n");
    expect((await cli("list -l kind=listed --status Failed -o name")).stdout).toBe("workflow.argoproj.io/bad\n");
    expect((await cli("list -A")).stdout).toMatch(/^NAMESPACE +NAME.*\n(.*\n)*other +made-/);
    expect(await cli("list -n other --running")).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "no Workflows in namespace other: none of 1 is as asked for\n",
    });
    await cli("delete held");
  });

  it("get shows the tree that run shows, or the object", async () => {
    expect((await cli("get bad")).stdout).toMatch(/✖ bad Failed .*\n✖ bad .*\n└─ ✖ a bad\/a 1\n/);
    expect(JSON.parse((await cli("get workflow.argoproj.io/bad -o json")).stdout)).toMatchObject({
      kind: "Workflow",
      metadata: { name: "bad" },
    });
    expect((await cli("get bad plain -o yaml")).stdout).toMatch(
      /^apiVersion: v1\nkind: List\nitems:\n- apiVersion: argo/,
    );
    expect(await cli("get ghost")).toMatchObject({
      code: 2,
      stderr:
        "error: there is no Workflow ghost in namespace default: outrigger list -n default shows those there are\n",
    });
  });
});

describe("steps that wait, and Workflows that are held back", () => {
  it("are resumed, with what they put out, and @latest is the youngest", async () => {
    const file = manifest("gated", [{ id: "gated/a" }, null, { id: "gated/b" }]);
    await cli(`submit ${file}`);
    await until("gated", /gate Running/);
    expect((await cli("list")).stdout).toMatch(/gated +Running \(suspended\)/);
    expect(await cli("resume @latest")).toMatchObject({
      code: 2,
      stderr: "error: gated: step gate puts out who, which has no default: give it a value\n",
    });
    const resumed = "workflow.argoproj.io/gated resumed\n";
    expect(await cli("resume @latest --node gate --set who=Ada")).toMatchObject({ code: 0, stdout: resumed });
    expect(await cli("wait @latest -o json")).toMatchObject({ code: 0 });
    expect((await cli("get gated")).stdout).toContain("gate who=Ada");
  });

  it("are suspended, stopped, and made to fail one by one", async () => {
    const file = manifest("steered", [null, { id: "steered/a", hold: true }]);
    await cli(`submit ${file}`);
    await until("steered", /gate Running/);
    expect(await cli("suspend steered -o name")).toMatchObject({ code: 0, stdout: "workflow.argoproj.io/steered\n" });
    expect((await stored("steered"))["spec"]).toMatchObject({ suspend: true });
    expect(await cli("stop steered --node gate --message no")).toMatchObject({ code: 0 });
    expect(await cli("resume steered")).toMatchObject({ code: 0 });
    expect(await cli("wait steered")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("steered Failed") as string,
    });
    expect(await cli("stop steered gated")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "error: steered: it has ended: Failed\nerror: gated: it has ended: Succeeded\n",
    });
  });

  it.each(["stop", "terminate"])("%s ends a Workflow", async (command) => {
    const file = manifest(`to-${command}`, [{ id: `to-${command}/a`, hold: true }]);
    await cli(`submit ${file}`);
    await until(`to-${command}`, /\.a Running/);
    expect(await cli(`${command} to-${command}`)).toMatchObject({ code: 0 });
    const { code, stdout } = await cli(`wait to-${command}`);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(/Failed Stopped with strategy/) as string,
    });
  });
});

describe("retry", () => {
  it("runs again what failed, under other idempotency keys; what succeeded stays", async () => {
    const file = manifest("flaky", [{ id: "flaky/first" }, { id: "flaky/second", failures: 2 }, { id: "flaky/third" }]);
    expect(await cli(`submit ${file} --wait`)).toMatchObject({ code: 1 });
    // In the very moment: its agent pod is still there, and the controller may not have tidied up.
    expect(await cli("retry flaky --wait")).toMatchObject({ code: 1 });
    const { code, stdout } = await cli("retry flaky --watch");
    expect(stdout).toMatch(
      /flaky retried\n[^]*✔ flaky Succeeded.*\n✔ flaky\n├─ ✔ first flaky\/first 1\n├─ ✔ second flaky\/second 3\n└─ ✔ third flaky\/third 1\n/,
    );
    expect(code).toBe(0);
    expect(plugin.calls("flaky/first")).toHaveLength(1);
    const keys = plugin.calls("flaky/second").map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
    expect(await cli("retry flaky")).toMatchObject({
      code: 2,
      stderr: "error: flaky: only what has failed can be retried; its phase is Succeeded\n",
    });
  });

  it("takes other arguments", async () => {
    const spec = { arguments: { parameters: [{ name: "id", value: "args/bad" }] } };
    const file = manifest("args", [{ id: "{{workflow.parameters.id}}", failures: 1 }], spec);
    expect(await cli(`submit ${file} -p id=args/a --wait`)).toMatchObject({ code: 1 });
    const { stdout } = await cli("retry args -p id=args/a --watch");
    expect(stdout).toContain("args/a 2");
  });

  it("resubmit makes a new one of it, from the beginning", async () => {
    const { code, stdout } = await cli("resubmit flaky --wait -o json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      metadata: { generateName: "flaky-", labels: { "workflows.argoproj.io/resubmitted-from-workflow": "flaky" } },
      status: { phase: "Succeeded" },
    });
    expect(plugin.calls("flaky/first")).toHaveLength(2);
  });
});

describe("logs", () => {
  it("show what plugins and agent say, of one container, one step, as they were written", async () => {
    const { code, stdout } = await cli("logs flaky");
    expect(code).toBe(0);
    expect(stdout).toMatch(/count │ counting\n/);
    expect((await cli("logs flaky -c agent")).stdout).not.toContain("count │");
    expect((await cli("logs flaky -c count --node third")).stdout).toMatch(
      /^count │ info {2}call 1 nodeId=flaky-\d+\n$/,
    );
    expect((await cli("logs flaky -c count --tail 1 --raw")).stdout).toMatch(/^\{"level":"info".*\}\n$/);
    expect(await cli("logs flaky --node nobody")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--node nobody: there is no such node; there are flaky, [0], first") as string,
    });
  });

  it("say what is left when the agent pod has gone", async () => {
    const { items } = await session.client.list(PODS, { labelSelector: "workflows.argoproj.io/workflow=plain" });
    const names = items.map(({ metadata }) => metadata.name ?? "");
    await Promise.all(
      names.map((name) => session.client.delete(PODS, { namespace: "default", name }, { gracePeriodSeconds: 0 })),
    );
    const { code, stderr } = await cli("logs plain");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the agent pod of plain has gone: .*\n {2}a Succeeded plain\/a 1\n$/);
  });

  it("follow until the end; Ctrl-C leaves the Workflow to the cluster, and says how to come back", async () => {
    const file = manifest("followed", [{ id: "followed/a", hold: true }]);
    await cli(`submit ${file}`);
    const stopping = new AbortController();
    const watch = ({ stdout }: { stdout: string }): void => {
      if (stdout.includes("call 1")) stopping.abort();
    };
    expect(await cli("logs followed -f", { signal: stopping.signal, watch })).toMatchObject({
      code: 130,
      stderr: "followed goes on in the cluster: outrigger watch followed -n default\n",
    });
    const following = cli("logs followed -f");
    await cli("stop followed");
    expect(await following).toMatchObject({ code: 0, stdout: expect.stringContaining("call 1") as string });
  });
});

describe("watch", () => {
  it("redraws on a terminal, and ends with the whole tree", async () => {
    const file = manifest("drawn", [{ id: "drawn/a" }, null]);
    await cli(`submit ${file}`);
    const watching = cli("watch drawn", { terminal: { columns: 60, rows: 10 } });
    await until("drawn", /gate Running/);
    await cli("resume drawn --set who=Ada");
    const { code, stdout } = await watching;
    expect(code).toBe(0);
    expect(stdout).toContain("A\u001B[0J");
    expect(stdout).toMatch(/✔ drawn Succeeded.*\n✔ drawn\n├─ ✔ a drawn\/a 1\n└─ ✔ gate who=Ada\n$/);
  });

  it("notices that a Workflow was deleted", async () => {
    const file = manifest("deleted", [null]);
    await cli(`submit ${file}`);
    const waiting = cli("wait deleted");
    expect(await cli("delete deleted")).toMatchObject({ code: 0, stdout: "workflow.argoproj.io/deleted deleted\n" });
    expect(await waiting).toMatchObject({ code: 1, stderr: "deleted was deleted\n" });
  });
});

describe("plugins, doctor and completion", () => {
  it("plugins list shows those that a namespace can use", async () => {
    const { stdout } = await cli("plugins list");
    expect(stdout).toMatch(/^NAME +NAMESPACE +PORT +IMAGE +NOTES\ncount +argo +15713 +node:24-alpine\n$/);
    expect((await cli("plugins list -o name")).stdout).toBe("configmap/count-executor-plugin\n");
  });

  it("doctor looks at the cluster and names what is in the way", async () => {
    const broken = {
      name: "broken-executor-plugin",
      namespace: "default",
      labels: { "workflows.argoproj.io/configmap-type": "ExecutorPlugin" },
    };
    await session.apply([{ apiVersion: "v1", kind: "ConfigMap", metadata: broken, data: {} }]);
    const { code, stdout } = await cli(`doctor --plugin ${plugin.folder} --service-account default ghost -o json`);
    const found = JSON.parse(stdout) as readonly { verdict: string; check: string; where: string; what: string }[];
    const of = (check: string) =>
      found.filter((finding) => finding.check === check).map(({ verdict, where }) => `${verdict} ${where}`);
    expect(of("crds")).toEqual(["ok all 4"]);
    expect(of("you")).toEqual(["ok default"]);
    expect(of("agents")).toEqual(["ok default/default", "fail default/ghost"]);
    expect(of("controller")).toEqual(["fail argo"]); // it runs in the process of this test, which only dev says
    expect(of("plugins")).toEqual([`ok ${plugin.folder}`, "fail default/broken-executor-plugin", "ok argo/count"]);
    expect(code).toBe(1);
    await session.client.delete(CONFIG_MAPS, { namespace: "default", name: broken.name });
  });

  it("doctor tells how controller and Lease fare, and which of several it is", async () => {
    const container = {
      name: "workflow-controller",
      image: "ghcr.io/outrigger-dev/controller:9.9.9",
      env: [{ name: "OUTRIGGER_INSTANCE_ID", value: "blue" }],
    };
    const metadata = { name: "workflow-controller", namespace: "clinic" };
    const selector = { matchLabels: { app: "x" } };
    const template = { metadata: { labels: { app: "x" } }, spec: { containers: [container] } };
    await session.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "clinic" } }]);
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { selector, template } };
    await session.client.create(DEPLOYMENTS, "clinic", deployment);
    const spec = { holderIdentity: "a", renewTime: "2026-01-01T00:00:00.000000Z", leaseDurationSeconds: 15 };
    const lease = { metadata: { name: "outrigger-controller-blue", namespace: "clinic" }, spec };
    await session.client.create(LEASES, "clinic", { apiVersion: "coordination.k8s.io/v1", kind: "Lease", ...lease });
    const look = async (flags: string): Promise<readonly string[]> => {
      const { stdout } = await cli(`doctor --plugin ${plugin.folder} --install-namespace clinic -o json${flags}`);
      const found = JSON.parse(stdout) as readonly { verdict: string; check: string; where: string; what: string }[];
      return found
        .filter(({ check }) => check === "controller")
        .map(({ verdict, where, what }) => `${verdict} ${where}: ${what}`);
    };
    expect(await look("")).toEqual(["fail clinic: no controller there is without an instance id; there is blue"]);
    expect(await look(" --instance-id blue")).toEqual([
      "fail deployment/workflow-controller: no replica of it is ready",
      expect.stringMatching(
        /^warn deployment\/workflow-controller: it is version 9\.9\.9, and this program /,
      ) as string,
      "fail deployment/workflow-controller: plugins are off",
      "fail lease/outrigger-controller-blue: a has not renewed it since 2026-01-01T00:00:00.000000Z",
    ]);
  });

  it("completes names of Workflows", async () => {
    const { stdout } = await cli("__complete -- get -o tree fla");
    expect(stdout.split("\n").slice(0, -1)).toEqual([
      expect.stringMatching(/^flaky-\w+\tSucceeded$/) as string,
      "flaky\tSucceeded",
    ]);
  });

  it("has a code of its own for a cluster that is not there", async () => {
    const gone = { KUBECONFIG: join(folder, "none") };
    expect(await outrigger(["list"], { env: gone })).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/there is no kubeconfig at/) as string,
    });
    const { kubeconfigPath } = session.cluster;
    const args = ["list", "--kubeconfig", kubeconfigPath, "--context", "other"];
    expect(await outrigger(args)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/has no context other/) as string,
    });
  });
});

/** Resolves when `get` shows this. */
async function until(name: string, shown: RegExp): Promise<void> {
  const stopping = new AbortController();
  const watch = ({ stdout }: { stdout: string }): void => {
    if (shown.test(stdout)) stopping.abort();
  };
  await cli(`watch ${name} --timeout 10s`, { signal: stopping.signal, watch });
  expect(stopping.signal.aborted).toBe(true);
}
