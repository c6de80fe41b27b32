// `.ci/run`: all tests that this machine can run. Its last line is the sum: `N passed, N failed`.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { findHelm } from "./helm.ts";
import { works } from "./command.ts";

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Cluster {
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => void;
}

const root = dirname(import.meta.dirname);
const { env } = process;
const E2E_AT_MOST_MS = 15 * 60_000;
const PUBLISHED_AT_MOST_MS = 5 * 60_000;
const NOT_ENDED: Count = { passed: 0, failed: 1 };

/** Runs an npm script that ends with such a line itself. */
function count(script: string, more: Readonly<Record<string, string>> = {}, atMostMs?: number): Promise<Count> {
  const limit = atMostMs === undefined ? {} : { timeout: atMostMs, killSignal: "SIGKILL" as const };
  const child = spawn("npm", ["run", script], {
    cwd: root,
    env: { ...env, ...more },
    stdio: ["ignore", "pipe", "inherit"],
    ...limit,
  });
  let last = "";
  child.stdout.on("data", (chunk: Buffer) => {
    process.stdout.write(chunk);
    last = (last + chunk.toString()).slice(-1_000);
  });
  return new Promise((resolve) => {
    child.once("close", (code) => {
      const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(last) ?? [];
      if (passed === undefined || failed === undefined) return resolve(NOT_ENDED);
      resolve({ passed: Number(passed), failed: Math.max(Number(failed), code === 0 ? 0 : 1) });
    });
  });
}

/** The cluster of KUBECONFIG, else a native one; or why there is none. */
function findCluster(): Cluster | string {
  if (findHelm(env) === undefined) return "there is no helm on the PATH; OUTRIGGER_HELM may name one";
  if (!works(["docker", "info"]) && !works(["buildah", "--version"])) return "images take Docker or buildah";
  if (env["KUBECONFIG"] !== undefined) return { env: {}, stop: () => {} };
  const script = env["OUTRIGGER_CLUSTER_SCRIPT"] ?? join(root, "../shared/cluster/cluster");
  if (!existsSync(script)) return "there is no cluster: set KUBECONFIG, or OUTRIGGER_CLUSTER_SCRIPT";
  const built = env["CLUSTER_CACHE"] ?? join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "outrigger-cluster");
  if (!existsSync(built)) return `the native cluster has not been built yet (${script} build)`;
  return startNative(script);
}

function startNative(script: string): Cluster | string {
  const { status, stdout } = spawnSync(script, ["up"], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const kubeconfig = /KUBECONFIG=(\S+)/.exec(stdout)?.[1];
  if (status !== 0 || kubeconfig === undefined) return "the native cluster does not start here";
  return {
    env: { KUBECONFIG: kubeconfig, OUTRIGGER_CLUSTER_SCRIPT: script },
    stop: () => spawnSync(script, ["down"], { stdio: "inherit" }),
  };
}

async function countOnCluster(): Promise<Count> {
  const cluster = findCluster();
  if (typeof cluster === "string") {
    console.log(`the scenarios on a cluster are skipped: ${cluster}`);
    return { passed: 0, failed: 0 };
  }
  try {
    return await count("e2e", cluster.env, E2E_AT_MOST_MS);
  } finally {
    cluster.stop();
  }
}

const counts = [await count("test"), await count("published", {}, PUBLISHED_AT_MOST_MS), await countOnCluster()];
const sum = (of: keyof Count): number => counts.reduce((total, each) => total + each[of], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
