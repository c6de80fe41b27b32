import { describe, expect, test } from "vitest";
import { pod, sh, shellPod, startCluster } from "./fixture.ts";

describe("a container that cannot start says why", () => {
  test("a missing secret: in the kubelet's words, and it starts when the secret appears", async () => {
    const { api, phase, log, state } = await startCluster();
    const env = [{ name: "URL", valueFrom: { secretKeyRef: { name: "slack", key: "url" } } }];
    api.put(shellPod("needs", 'echo "$URL"', { containers: [sh("main", 'echo "$URL"', { env })] }));
    await api.until(() => api.status("needs")?.containerStatuses?.[0]?.state?.waiting?.message !== undefined);
    expect(await state("needs", "main", "waiting")).toEqual({
      reason: "CreateContainerConfigError",
      message: 'secret "slack" not found',
    });
    expect(api.status("needs")?.phase).toBe("Pending");
    expect(api.events.filter(({ reason }) => reason === "Failed")).toHaveLength(1);

    api.putObject("Secret", "slack", { other: "x" });
    const message = "couldn't find key url in Secret default/slack";
    await api.until(() => api.status("needs")?.containerStatuses?.[0]?.state?.waiting?.message === message);
    api.putObject("Secret", "slack", { url: "https://hooks" });
    await phase("needs", "Succeeded");
    expect(await log("needs", "main")).toBe("https://hooks\n");
  });

  test("a volume of a missing ConfigMap: all containers wait for it", async () => {
    const { api, phase, state } = await startCluster();
    const volumes = [{ name: "conf", configMap: { name: "conf" } }];
    api.put(pod("mounts", { spec: { volumes, containers: [sh("main", "true")] } }));
    await api.until(() => api.status("mounts")?.containerStatuses?.[0]?.state?.waiting?.message !== undefined);
    expect((await state("mounts", "main", "waiting")).message).toBe(
      'MountVolume.SetUp failed for volume "conf" : configmap "conf" not found',
    );
    expect(api.events.at(-1)).toMatchObject({ type: "Warning", reason: "FailedMount" });
    api.putObject("ConfigMap", "conf", {});
    await phase("mounts", "Succeeded");
  });

  test.each([
    {
      why: "a program that is not installed",
      container: { command: ["pythonx"] },
      reason: "CreateContainerError",
      message: "pythonx is not installed on this machine: install pythonx, or set a command that this machine has",
    },
    {
      why: "python, where there is none",
      container: { command: ["python", "-c", "1"], env: [{ name: "PATH", value: "/nowhere" }] },
      reason: "CreateContainerError",
      message:
        "python is not installed on this machine: install Python 3 (python.org, or your package manager's python3)",
    },
    {
      why: "no command",
      container: { image: "ghcr.io/acme/plugin:1" },
      reason: "CreateContainerError",
      message:
        'no command specified: containers run as local processes, and what image "ghcr.io/acme/plugin:1" would start is not known ' +
        'here. Set "command" on container main, or the annotation outrigger.dev/local-command on its plugin',
    },
    {
      why: "a working directory that is not there",
      container: { command: ["true"], workingDir: "/outrigger-never" },
      reason: "CreateContainerError",
      message: "workingDir /outrigger-never is not a folder on this machine",
    },
    {
      why: "a mount of no volume",
      container: { command: ["true"], volumeMounts: [{ name: "nope", mountPath: "/x" }] },
      reason: "CreateContainerConfigError",
      message: 'container main mounts volume "nope", which the pod does not have',
    },
  ])("$why", async ({ container, reason, message }) => {
    const { api, runtime, state } = await startCluster();
    api.put(pod("stuck", { spec: { containers: [{ name: "main", ...container }] } }));
    await api.until(() => api.status("stuck")?.containerStatuses?.[0]?.state?.waiting?.message !== undefined);
    expect(await state("stuck", "main", "waiting")).toEqual({ reason, message });
    expect(() => runtime.readLog("default", "stuck", "main")).toThrow(
      `container "main" in pod "stuck" is waiting to start: ${reason}`,
    );
    api.delete("stuck", 30);
    await api.until(() => !api.pods.has("stuck"));
  });

  test("a spec that is none: Failed, with the place of the mistake", async () => {
    const { api, phase } = await startCluster();
    api.put(pod("broken", { spec: { containers: [{ name: "main", command: "sh" }] } }));
    await phase("broken", "Failed");
    expect(api.status("broken")).toMatchObject({
      reason: "InvalidPodSpec",
      message: 'spec.containers[0].command must be a list, not "sh"',
    });
    api.delete("broken", 30);
    await api.until(() => !api.pods.has("broken"));
  });

  test("an argument that no program can take", async () => {
    const { api, state } = await startCluster();
    api.put(pod("nul", { spec: { containers: [{ name: "main", command: ["echo", "a\0b"] }] } }));
    await api.until(() => api.status("nul")?.containerStatuses?.[0]?.state?.waiting?.message !== undefined);
    expect((await state("nul", "main", "waiting")).message).toMatch(/null bytes/);
  });
});

describe("what a program gets", () => {
  test("environment, command and arguments as in a cluster, and little of the host's environment", async () => {
    const { api, phase, log } = await startCluster({ hostEnv: { ...process.env, HOST_SECRET: "never" } });
    const env = [
      { name: "GREETING", value: "hello" },
      { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "BOTH", value: "$(GREETING) $(NAME) $(HOST_SECRET)" },
    ];
    const main = { name: "main", command: ["sh", "-c"], args: ['echo "$BOTH"; env'], env };
    api.put(pod("env", { spec: { containers: [main] } }));
    await phase("env", "Succeeded");
    const lines = (await log("env", "main")).split("\n");
    expect(lines[0]).toBe("hello env $(HOST_SECRET)");
    expect(lines).toEqual(
      expect.arrayContaining(["KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=16443", "HOSTNAME=env"]),
    );
    expect(lines.join("\n")).not.toContain("never");
  });

  test("the command that stands in for its image, in its folder", async () => {
    const { api, phase, log } = await startCluster({
      localCommand: (pod, container) => ({
        command: ["sh", "-c", `echo ${pod.metadata.name} ${container} "$@"; pwd`, "sh"],
        workingDir: "/usr",
      }),
    });
    api.put(pod("local", { spec: { containers: [{ name: "main", image: "x", args: ["one", "two"] }] } }));
    await phase("local", "Succeeded");
    expect(await log("local", "main")).toBe("local main one two\n/usr\n");
  });

  test("`node` runs where only this process has one", async () => {
    const { api, phase, log } = await startCluster();
    const env = [{ name: "PATH", value: "/nowhere" }];
    api.put(pod("node", { spec: { containers: [{ name: "main", command: ["node", "-p", "6*7"], env }] } }));
    await phase("node", "Succeeded");
    expect(await log("node", "main")).toBe("42\n");
  });
});
