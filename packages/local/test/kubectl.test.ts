import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLocalCluster, startPodRuntime } from "../src/index.ts";
import type { LocalCluster } from "../src/index.ts";
import { deployedCrds } from "./support/crds.ts";
import { Kubectl, findKubectls, tableRows } from "./support/kubectl.ts";

const { OUTRIGGER_TEST_KUBECTLS = "", PATH = "" } = process.env;
/** The kubectl of the PATH, or those in the folders that are named. */
const KUBECTLS =
  OUTRIGGER_TEST_KUBECTLS === "" ? findKubectls(PATH).slice(0, 1) : findKubectls(OUTRIGGER_TEST_KUBECTLS);
const reason = KUBECTLS.length === 0 ? " (skipped: there is no kubectl on the PATH)" : "";

const CONFIG_MAP = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: demo}}
data: {color: red, size: "5"}
`;

const WORKFLOW = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: hello, labels: {app: demo}}
spec: {entrypoint: main, templates: [{name: main, plugin: {hello: {}}}]}
`;

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: one, image: "one:1", env: [{name: A, value: "1"}, {name: B, value: "2"}]}
        - {name: two, image: "two:1"}
`;

function pod(name: string, script: string, container = "main"): string {
  const command = JSON.stringify(["sh", "-c", script]);
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  automountServiceAccountToken: false
  containers: [{name: ${container}, image: "local:1", command: ${command}}]
`;
}

let cluster: LocalCluster;
beforeAll(async () => {
  cluster = await startLocalCluster({
    crds: deployedCrds(),
    startPodRuntime: (context) => startPodRuntime({ ...context, hostEnv: process.env }),
  });
});
afterAll(() => cluster.stop());

describe.skipIf(KUBECTLS.length === 0).each(KUBECTLS.length === 0 ? ["kubectl"] : KUBECTLS)(`%s${reason}`, (path) => {
  let kubectl: Kubectl;
  beforeAll(() => {
    kubectl = new Kubectl(path, cluster.kubeconfigPath);
  });
  afterAll(() => kubectl.remove());

  it("knows the server, its kinds and who we are", async () => {
    expect(await kubectl.out("version")).toContain("v1.34");
    const resources = await kubectl.out("api-resources", "--no-headers");
    expect(resources).toMatch(/workflows +wf +argoproj\.io\/v1alpha1 +true +Workflow/);
    expect(resources).toMatch(/configmaps +cm +v1 +true +ConfigMap/);
    expect(await kubectl.out("auth", "can-i", "create", "pods")).toBe("yes\n");
  });

  it("creates, applies and reads config maps in every form", async () => {
    await kubectl.out("create", "configmap", "made", "--from-literal=a=1");
    expect(await kubectl.feed(CONFIG_MAP, "apply", "--dry-run=server")).toContain(
      "configmap/settings created (server dry run)",
    );
    expect(await kubectl.feed(CONFIG_MAP, "apply")).toBe("configmap/settings created\n");
    expect(await kubectl.feed(CONFIG_MAP, "apply")).toBe("configmap/settings unchanged\n");
    const changed = CONFIG_MAP.replace("color: red, ", "shape: round, ");
    expect(await kubectl.feed(changed, "apply")).toBe("configmap/settings configured\n");
    expect(JSON.parse(await kubectl.out("get", "cm", "settings", "-o", "json"))).toMatchObject({
      kind: "ConfigMap",
      data: { shape: "round", size: "5" },
    });
    expect(await kubectl.out("get", "cm", "settings", "-o", "yaml")).toContain("shape: round");
    expect(await kubectl.out("get", "cm", "-l", "app=demo", "-o", "name")).toBe("configmap/settings\n");
    const [header, row] = tableRows(await kubectl.out("get", "cm", "settings", "--show-labels"));
    expect(header).toEqual(["NAME", "DATA", "AGE", "LABELS"]);
    expect(row).toEqual(["settings", "2", expect.stringMatching(/^\d+s$/), "app=demo"]);
    expect(await kubectl.out("describe", "cm", "settings")).toContain("round");
    expect(await kubectl.out("delete", "cm", "settings", "made")).toContain("deleted");
  });

  it("patches, labels and annotates", async () => {
    await kubectl.feed(CONFIG_MAP, "create");
    const data = async (): Promise<unknown> =>
      JSON.parse(await kubectl.out("get", "cm", "settings", "-o", "jsonpath={.data}"));
    await kubectl.out("patch", "cm", "settings", "-p", '{"data":{"color":"blue"}}');
    expect(await data()).toEqual({ color: "blue", size: "5" });
    await kubectl.out("patch", "cm", "settings", "--type=merge", "-p", '{"data":{"color":null}}');
    expect(await data()).toEqual({ size: "5" });
    await kubectl.out(
      "patch",
      "cm",
      "settings",
      "--type=json",
      "-p",
      '[{"op":"replace","path":"/data/size","value":"6"}]',
    );
    expect(await data()).toEqual({ size: "6" });
    await kubectl.out("label", "cm", "settings", "app=other", "--overwrite");
    await kubectl.out("annotate", "cm", "settings", "note=done");
    expect(
      await kubectl.out("get", "cm", "settings", "-o", "jsonpath={.metadata.labels.app}{.metadata.annotations.note}"),
    ).toBe("otherdone");
    await kubectl.out("delete", "cm", "settings");
    expect(await kubectl.run("get", "cm", "settings")).toMatchObject({
      code: 1,
      err: expect.stringContaining("NotFound") as string,
    });
  });

  it("merges lists of a deployment by their keys", async () => {
    await kubectl.feed(DEPLOYMENT, "apply");
    const changed = DEPLOYMENT.replace(/ +- \{name: two.*\n/, "").replace('{name: A, value: "1"}, ', "");
    expect(await kubectl.feed(changed, "apply")).toBe("deployment.apps/web configured\n");
    const query = "jsonpath={.spec.template.spec.containers[*].name} {.spec.template.spec.containers[0].env[*].name}";
    expect(await kubectl.out("get", "deploy", "web", "-o", query)).toBe("one B");
    await kubectl.out("delete", "deploy", "web");
  });

  it("applies on the server's side", async () => {
    expect(await kubectl.feed(CONFIG_MAP, "apply", "--server-side")).toBe("configmap/settings serverside-applied\n");
    await kubectl.feed(CONFIG_MAP.replace("color: red, ", ""), "apply", "--server-side");
    expect(await kubectl.out("get", "cm", "settings", "-o", "jsonpath={.data}")).toBe('{"size":"5"}');
    await kubectl.out("delete", "cm", "settings");
  });

  it("shows workflows as on a cluster with Argo", async () => {
    await kubectl.feed(WORKFLOW, "create");
    await kubectl.out(
      "patch",
      "wf",
      "hello",
      "--type=merge",
      "-p",
      '{"status":{"phase":"Running","progress":"0/1","message":"on its way"}}',
    );
    const [header, row] = tableRows(await kubectl.out("get", "wf", "hello"));
    expect(header).toEqual(["NAME", "STATUS", "AGE", "PROGRESS", "MESSAGE"]);
    expect(row).toEqual(["hello", "Running", "0/1", "on its way"]);
    expect(await kubectl.out("describe", "workflow", "hello")).toContain("Entrypoint:  main");
    expect(await kubectl.feed(WORKFLOW.replace("main,", "other,"), "apply")).toContain("configured");
    await kubectl.out("delete", "wf", "--all");
    expect(await kubectl.out("get", "wf", "-o", "name")).toBe("");
  });

  it("watches", async () => {
    await kubectl.feed(CONFIG_MAP, "create");
    const change = (): Promise<string> => kubectl.out("delete", "cm", "settings");
    const lines = await kubectl.lines(2, ["get", "cm", "-l", "app=demo", "-w", "-o", "name"], change);
    expect(lines).toEqual(["configmap/settings", "configmap/settings"]);
    const table = await kubectl.lines(2, ["get", "cm", "kube-root-ca.crt", "-w"], () => Promise.resolve());
    expect(table[0]).toMatch(/^NAME +DATA +AGE$/);
  }, 30_000);

  it("runs a pod, describes it and reads its log", async () => {
    await kubectl.feed(pod("talker", "echo one; echo two; echo three"), "create");
    await kubectl.until("Succeeded", "get", "pod", "talker", "-o", "jsonpath={.status.phase}");
    expect(await kubectl.out("logs", "talker")).toBe("one\ntwo\nthree\n");
    expect(await kubectl.out("logs", "talker", "--tail=1", "-c", "main")).toBe("three\n");
    expect(await kubectl.out("logs", "talker", "-f")).toBe("one\ntwo\nthree\n");
    const [header, row] = tableRows(await kubectl.out("get", "pod", "talker"));
    expect(header).toEqual(["NAME", "READY", "STATUS", "RESTARTS", "AGE"]);
    expect(row?.slice(0, 4)).toEqual(["talker", "0/1", "Completed", "0"]);
    expect((await kubectl.run("logs", "talker", "-c", "nobody")).err).toContain("nobody");
    const described = await kubectl.out("describe", "pod", "talker");
    expect(described).toMatch(/Status: +Succeeded/);
    expect(described).toContain("Events:");
    expect(await kubectl.out("delete", "pod", "talker")).toContain("deleted");
  }, 30_000);

  it("follows a log and ends a pod that is running", async () => {
    await kubectl.feed(pod("runner", "echo started; while :; do sleep 0.1; done"), "create");
    await kubectl.out("wait", "--for=condition=Ready", "pod/runner", "--timeout=15s");
    const lines = await kubectl.lines(1, ["logs", "runner", "-f"], () => Promise.resolve());
    expect(lines).toEqual(["started"]);
    expect(await kubectl.out("delete", "pod", "runner", "--timeout=15s")).toContain("deleted");
    expect((await kubectl.run("get", "pod", "runner")).err).toContain("NotFound");
  }, 40_000);

  it("makes and removes namespaces with all that is in them", async () => {
    await kubectl.out("create", "namespace", "team");
    await kubectl.feed(CONFIG_MAP, "create", "-n", "team");
    await kubectl.out("create", "serviceaccount", "robot", "-n", "team");
    await kubectl.out("create", "secret", "generic", "key", "--from-literal=k=v", "-n", "team");
    expect(tableRows(await kubectl.out("get", "secret,sa", "-n", "team", "-o", "name"))).toEqual([
      ["secret/key"],
      ["serviceaccount/default"],
      ["serviceaccount/robot"],
    ]);
    await kubectl.out("delete", "namespace", "team", "--timeout=15s");
    expect((await kubectl.run("get", "cm", "-n", "team", "-o", "name")).out).toBe("");
  }, 30_000);

  it("is told what is wrong in the API's own words", async () => {
    const bad = CONFIG_MAP.replace("\ndata:", "\ndatum: {a: b}\ndata:");
    const file = kubectl.file("bad.yaml", bad);
    expect((await kubectl.run("apply", "-f", file)).err).toMatch(/unknown field "datum"|ValidationError/);
    const invalid = kubectl.file("invalid.yaml", CONFIG_MAP.replace("settings", "Settings"));
    expect((await kubectl.run("create", "-f", invalid)).err).toContain("a lowercase RFC 1123 subdomain");
  });
});
