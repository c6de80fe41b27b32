import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startPodRuntime } from "../../src/runtime/process-runtime.ts";
import type { Isolation } from "../../src/runtime/sandbox/sandbox.ts";
import { pod, sh, startCluster } from "./fixture.ts";
import type { Cluster } from "./fixture.ts";
import { MemoryPodApi } from "./memory-pod-api.ts";

interface Seen {
  readonly volumes?: readonly Record<string, unknown>[];
  readonly mounts: readonly Record<string, unknown>[];
  readonly script: string;
  readonly env?: readonly Record<string, unknown>[];
}

/** What a container with these mounts prints. */
async function output({ api, log }: Cluster, { volumes, mounts, script, env = [] }: Seen): Promise<string> {
  const main = sh("main", script, { volumeMounts: mounts, env });
  api.put(pod("mounts", { spec: { volumes: volumes ?? [{ name: "v", emptyDir: {} }], containers: [main] } }));
  const phase = await api.until(() => ["Succeeded", "Failed"].find((end) => end === api.status("mounts")?.phase));
  const text = await log("mounts", "main");
  if (phase === "Failed") throw new Error(`the container failed: ${text}`);
  return text;
}

/** What this machine gives to containers. */
async function isolationHere(): Promise<Isolation> {
  const runtime = await startPodRuntime({
    api: new MemoryPodApi(),
    kubernetesService: { host: "127.0.0.1", port: 1 },
    hostEnv: process.env,
  });
  await runtime.stop();
  return runtime.isolation;
}

const isolation = await isolationHere();

describe.skipIf(isolation.kind === "none")(
  "mounts stand at their paths, for root and for others (skipped without namespaces)",
  () => {
    test("a volume at /var/run/argo; the rest of /run stays visible", async () => {
      const cluster = await startCluster();
      cluster.api.putObject("Secret", "token", { token: "s3cret" });
      const text = await output(cluster, {
        volumes: [{ name: "v", secret: { secretName: "token" } }],
        mounts: [{ name: "v", mountPath: "/var/run/argo" }],
        script: "cat /var/run/argo/token; echo; ls /run; cat /etc/resolv.conf >/dev/null && echo resolves",
      });
      const [token, ...rest] = text.trim().split("\n");
      expect(token).toBe("s3cret");
      expect(rest).toEqual(expect.arrayContaining([...readdirSync("/run"), "argo", "resolves"]));
      expect(existsSync("/run/argo")).toBe(false);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain("outrigger-pods-");
    });

    test.each([
      { why: "a folder that exists", path: "/srv" },
      { why: "below one that exists", path: "/usr/share/outrigger-test/deep/er" },
      { why: "below the root, where no folder exists", path: "/outrigger-test/data" },
      { why: "over the folder that holds the runtime's own files", path: tmpdir() },
      { why: "beside the runtime's own files", path: join(tmpdir(), "outrigger-never/there") },
      { why: "behind a link", path: "/var/run/outrigger-test" },
    ])("$why: $path", async ({ path }) => {
      const cluster = await startCluster();
      const before = existsSync(path);
      const text = await output(cluster, {
        mounts: [{ name: "v", mountPath: path }],
        script: `echo kept >${path}/file && cat ${path}/file && ls /usr/bin/env && test -r /etc/passwd && cd ${path} && pwd`,
      });
      expect(text).toBe(`kept\n/usr/bin/env\n${path}\n`);
      expect(existsSync(path)).toBe(before);
      expect(existsSync(join(path, "file"))).toBe(false);
    });

    test("mounts within mounts, several trees at once", async () => {
      const cluster = await startCluster();
      cluster.api.putObject("ConfigMap", "conf", { "a.txt": "from the map" });
      const text = await output(cluster, {
        volumes: [
          { name: "data", emptyDir: {} },
          { name: "inner", emptyDir: {} },
          { name: "conf", configMap: { name: "conf" } },
        ],
        mounts: [
          { name: "inner", mountPath: "/outrigger-test/data/inner/most" },
          { name: "data", mountPath: "/outrigger-test/data" },
          { name: "conf", mountPath: "/etc/outrigger-test.txt", subPath: "a.txt" },
          { name: "data", mountPath: `${tmpdir()}/outrigger-elsewhere` },
          { name: "conf", mountPath: "/var/run/outrigger-test" },
        ],
        script:
          "echo x >/outrigger-test/data/inner/most/x; echo y >/outrigger-test/data/y; " +
          `ls ${tmpdir()}/outrigger-elsewhere ${tmpdir()}/outrigger-elsewhere/inner/most; ` +
          "cat /etc/outrigger-test.txt; echo; cat /var/run/outrigger-test/a.txt",
      });
      expect(text).toBe(
        `${tmpdir()}/outrigger-elsewhere:\ninner\ny\n\n${tmpdir()}/outrigger-elsewhere/inner/most:\nfrom the map\nfrom the map`,
      );
    });

    test("read-only means read-only", async () => {
      const cluster = await startCluster();
      const text = await output(cluster, {
        mounts: [
          { name: "v", mountPath: "/outrigger-test/rw" },
          { name: "v", mountPath: "/outrigger-test/ro", readOnly: true },
        ],
        script:
          "echo hi >/outrigger-test/rw/f; cat /outrigger-test/ro/f; echo no 2>/dev/null >/outrigger-test/ro/f || echo refused",
      });
      expect(text).toContain("hi\n");
      expect(text).toContain("refused");
    });

    test("the program keeps the user's id and finds only its own processes", async () => {
      const cluster = await startCluster();
      const text = await output(cluster, { mounts: [], script: "id -u; ls -d /proc/[0-9]* | wc -l" });
      const [uid, processes] = text.trim().split("\n").map(Number);
      expect(uid).toBe(process.getuid?.());
      expect(processes).toBeLessThan(10);
    });
  },
);

describe("without namespaces", () => {
  test("the token is found by OUTRIGGER_TOKEN_PATH, and the log says what is not mounted", async () => {
    const cluster = await startCluster({ isolation: "none" });
    cluster.api.putObject("Secret", "token", { token: "s3cret" });
    const text = await output(cluster, {
      volumes: [
        { name: "v", secret: { secretName: "token" } },
        { name: "data", emptyDir: {} },
      ],
      mounts: [
        { name: "v", mountPath: "/var/run/argo" },
        { name: "data", mountPath: "/outrigger-test/data" },
      ],
      script: 'cat "$OUTRIGGER_TOKEN_PATH"',
    });
    expect(text).toMatch(
      /^outrigger: not mounted, since namespaces are switched off: \/outrigger-test\/data \(its files: \/.+\)\ns3cret$/,
    );
  });

  test("a script that is the command is found behind its mount", async () => {
    const { api, phase, log } = await startCluster({ isolation: "none" });
    api.putObject("ConfigMap", "scripts", { "run.sh": "#!/bin/sh\npwd\n" });
    const volume = { name: "scripts", configMap: { name: "scripts", defaultMode: 0o755 } };
    const main = { name: "main", command: ["./run.sh"], workingDir: "/scripts" };
    const mount = { volumeMounts: [{ name: "scripts", mountPath: "/scripts" }] };
    api.put(pod("script", { spec: { volumes: [volume], containers: [{ ...main, ...mount }] } }));
    await phase("script", "Succeeded");
    expect(await log("script", "main")).toMatch(/\/volumes\/0\n$/);
  });
});

test("a folder of the host is mounted as it is", async () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "outrigger-host-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "file"), "of the host");
  const { api, phase } = await startCluster();
  const main = sh("main", `cat ${folder}/file >${folder}/copy`, { volumeMounts: [{ name: "v", mountPath: folder }] });
  api.put(pod("host", { spec: { volumes: [{ name: "v", hostPath: { path: folder } }], containers: [main] } }));
  await phase("host", "Succeeded");
  expect(readFileSync(join(folder, "copy"), "utf8")).toBe("of the host");
});
