import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";

/** A process that holds a runtime with pods that do all they can to stay. */
interface Host {
  readonly process: ChildProcess;
  readonly stateDir: string;
  /** Text in the command lines of all that the pods start. */
  readonly marker: string;
}

const hosts: Host[] = [];

afterEach(() => {
  for (const host of hosts.splice(0)) host.process.kill("SIGKILL");
});

async function startHost(isolation: "auto" | "none"): Promise<Host> {
  const marker = `marker-${randomUUID()}`;
  const stateDir = mkdtempSync(join(tmpdir(), "outrigger-test-"));
  const script = fileURLToPath(new URL("host-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@outrigger/source", script, stateDir, marker, isolation], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const host = { process: child, stateDir, marker };
  hosts.push(host);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  expect(line).toBe("ready");
  return host;
}

function processesWith(text: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
      } catch {
        return false;
      }
    });
}

/** Waits for another process's doing, which tells us nothing; fails after five seconds. */
async function eventually(what: () => boolean): Promise<void> {
  const limit = Date.now() + 5_000;
  while (!what()) {
    if (Date.now() > limit) throw new Error("it never came to pass");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.skipIf(!existsSync("/proc/self/cmdline")).each(["auto", "none"] as const)("isolation %s", (isolation) => {
  test.each(["SIGKILL", "SIGTERM"] as const)(
    "after %s of the process that holds the runtime no process, mount or folder is left",
    async (signal) => {
      const host = await startHost(isolation);
      // The shell of one, its sleep, and one that has made a session of its own.
      expect(processesWith(host.marker).length).toBeGreaterThanOrEqual(3);
      expect(existsSync(host.stateDir)).toBe(true);

      host.process.kill(signal);
      await once(host.process, "exit");
      await eventually(() => processesWith(host.stateDir).length === 0 && processesWith(host.marker).length === 0);
      await eventually(() => !existsSync(host.stateDir));
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(host.stateDir);
    },
  );
});
