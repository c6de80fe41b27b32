import { SimulatedClock } from "@outrigger/kube";
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { freePort, pod, sh, shellPod, startCluster } from "./fixture.ts";

describe("a pod runs as child processes", () => {
  test("its program ends well: Succeeded, with its output in the log", async () => {
    const { api, phase, log } = await startCluster();
    api.put(shellPod("hello", "echo out; echo err >&2; printf 'no newline'"));
    await phase("hello", "Succeeded");
    expect(await log("hello", "main")).toBe("out\nerr\nno newline");
    expect(api.status("hello")?.containerStatuses?.[0]).toMatchObject({
      name: "main",
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode: 0, reason: "Completed" } },
    });
    expect(api.pods.get("hello")?.["spec"]).toMatchObject({ nodeName: "local" });
  });

  test("its program ends badly: Failed, with the exit code", async () => {
    const { api, phase } = await startCluster();
    api.put(shellPod("bad", "exit 7"));
    await phase("bad", "Failed");
    expect(api.status("bad")?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 7,
      reason: "Error",
    });
  });

  test("a signal that ends it shows as 128 and its number", async () => {
    const { api, phase } = await startCluster();
    api.put(shellPod("crash", "kill -SEGV $$$$"));
    await phase("crash", "Failed");
    expect(api.status("crash")?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(139);
  });

  test("init containers run one after the other, before the others", async () => {
    const { api, phase, log } = await startCluster();
    const mount = { volumeMounts: [{ name: "shared", mountPath: "/outrigger-shared" }] };
    api.put(
      pod("ordered", {
        spec: {
          volumes: [{ name: "shared", emptyDir: {} }],
          initContainers: [
            sh("one", "echo one >>/outrigger-shared/order", mount),
            sh("two", "echo two >>/outrigger-shared/order", mount),
          ],
          containers: [sh("main", "cat /outrigger-shared/order", mount)],
        },
      }),
    );
    await phase("ordered", "Succeeded");
    expect(await log("ordered", "main")).toBe("one\ntwo\n");
    expect(api.status("ordered")?.initContainerStatuses?.map(({ name, ready }) => [name, ready])).toEqual([
      ["one", true],
      ["two", true],
    ]);
  });

  test("a failed init container ends a pod that must not restart", async () => {
    const { api, phase } = await startCluster();
    api.put(pod("init-fails", { spec: { initContainers: [sh("init", "exit 3")], containers: [sh("main", "true")] } }));
    await phase("init-fails", "Failed");
    expect(api.status("init-fails")?.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: "PodInitializing" } });
  });

  test("a program that fails is started again, later and later, and keeps its last end and log", async () => {
    const { api, log, state } = await startCluster();
    api.put(shellPod("loop", "echo run; exit 1", { restartPolicy: "OnFailure" }));
    const waiting = await api.until(() => {
      const [main] = api.status("loop")?.containerStatuses ?? [];
      return main?.state?.waiting?.reason === "CrashLoopBackOff" && main.restartCount === 2 && main;
    });
    expect(waiting.state?.waiting?.message).toMatch(
      /^back-off 0.04s restarting failed container=main pod=loop_default\(.+\)$/,
    );
    expect(waiting.lastState?.terminated).toMatchObject({ exitCode: 1, reason: "Error" });
    expect(api.status("loop")?.phase).toBe("Running");
    await state("loop", "main", "waiting");
    expect(await log("loop", "main", { previous: true })).toBe("run\n");
    expect(api.events.map(({ reason }) => reason)).toContain("BackOff");
  });

  test("OnFailure: succeeds as soon as one run succeeds", async () => {
    const { api, phase } = await startCluster();
    const script = "test -e /outrigger-state/seen && exit 0; touch /outrigger-state/seen; exit 1";
    api.put(
      pod("second-time", {
        spec: {
          restartPolicy: "OnFailure",
          volumes: [{ name: "state", emptyDir: {} }],
          containers: [sh("main", script, { volumeMounts: [{ name: "state", mountPath: "/outrigger-state" }] })],
        },
      }),
    );
    await phase("second-time", "Succeeded");
    expect(api.status("second-time")?.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  test("the deadline of the pod ends it", async () => {
    const clock = new SimulatedClock();
    const { api, phase, state } = await startCluster({ clock });
    api.put(shellPod("late", "exec sleep 60", { activeDeadlineSeconds: 60 }));
    await state("late", "main", "running");
    await clock.advance(60_000);
    await phase("late", "Failed");
    expect(api.status("late")?.reason).toBe("DeadlineExceeded");
  });

  test("scripts can open /dev/stdout and /dev/stderr", async () => {
    const { api, phase, log } = await startCluster();
    api.put(shellPod("devices", "echo out >/dev/stdout; echo err >/dev/stderr"));
    await phase("devices", "Succeeded");
    expect((await log("devices", "main")).split("\n").sort()).toEqual(["", "err", "out"]);
  });
});

describe.each(["auto", "none"] as const)("deletion (isolation %s)", (isolation) => {
  test("SIGTERM first: the program may tidy up; then the pod is gone", async () => {
    const { api, says, log } = await startCluster({ isolation });
    api.put(shellPod("tidy", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 60 & wait; done"));
    await says("tidy", "main", "ready");
    api.delete("tidy", 30);
    await api.until(() => !api.pods.has("tidy"));
    expect(await log("tidy", "main")).toBe("ready\nbye\n");
  });

  test("SIGKILL after the grace period, for one that does not listen", async () => {
    const clock = new SimulatedClock();
    const { api, says, state } = await startCluster({ isolation, clock });
    api.put(shellPod("deaf", "trap '' TERM; echo ready; while :; do sleep 60; done"));
    await says("deaf", "main", "ready");
    api.delete("deaf", 30);
    await clock.advance(29_999);
    expect(api.status("deaf")?.phase).toBe("Running");
    await clock.advance(1);
    const ended = await state("deaf", "main", "terminated");
    expect(ended.exitCode).toBe(137);
    await api.until(() => !api.pods.has("deaf"));
  });

  test("at once, when its program has not begun: nobody waits for a grace period", async () => {
    const { api } = await startCluster({ isolation, clock: new SimulatedClock() });
    for (const name of ["one", "two", "three"]) {
      api.put(shellPod(name, "exec sleep 60"));
      await api.until(() => api.status(name)?.phase === "Running");
      api.delete(name, 30);
      await api.until(() => !api.pods.has(name));
    }
    expect(api.pods.size).toBe(0);
  });

  test("at once, when the API drops the pod; its log can still be read", async () => {
    const { api, says, log } = await startCluster({ isolation });
    api.put(shellPod("dropped", "trap '' TERM; echo ready; while :; do sleep 60; done"));
    await says("dropped", "main", "ready");
    const following = log("dropped", "main", { follow: true });
    api.delete("dropped", 0);
    expect(await following).toBe("ready\n");
  });
});

const python = spawnSync("python3", ["-c", ""]).status === 0;
describe.skipIf(!python)("a plugin in Python (skipped where there is no python3)", () => {
  const server = `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
path = os.environ.get("OUTRIGGER_TOKEN_PATH", "/var/run/argo/token")
with open(path) as file:
    token = file.read()
class Plugin(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.headers.get("Authorization") == "Bearer " + token else 403)
        self.end_headers()
server = HTTPServer(("", int(os.environ["PORT"])), Plugin)
print("up", flush=True)
server.serve_forever()
`;

  test.each(["auto", "none"] as const)(
    "serves, knows its token, and ends on SIGTERM (isolation %s)",
    async (isolation) => {
      const { api, says, state } = await startCluster({ isolation });
      const port = await freePort();
      api.putObject("Secret", "tokens", { token: "t0ken" });
      const plugin = {
        name: "main",
        image: "python:alpine3.6",
        command: ["python", "-u", "-c"],
        args: [server],
        env: [{ name: "PORT", value: String(port) }],
        ports: [{ containerPort: port }],
        volumeMounts: [{ name: "tokens", mountPath: "/var/run/argo", readOnly: true }],
      };
      const volumes = [{ name: "tokens", secret: { secretName: "tokens" } }];
      api.put(pod("plugin", { spec: { volumes, containers: [plugin] } }));
      await says("plugin", "main", "up");
      const ask = async (token: string): Promise<number> =>
        (await fetch(`http://127.0.0.1:${port}`, { headers: { authorization: `Bearer ${token}` } })).status;
      expect([await ask("t0ken"), await ask("wrong")]).toEqual([200, 403]);
      api.delete("plugin", 30);
      expect((await state("plugin", "main", "terminated")).exitCode).toBe(143);
    },
  );
});
