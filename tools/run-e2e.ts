// `npm run e2e`: the scenarios of e2e/cluster on the cluster that KUBECONFIG names, else on a fresh one of k3d. Arguments go to vitest.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { install } from "../e2e/cluster/support/install.ts";
import { findHelm } from "./helm.ts";
import { run, works } from "./command.ts";
import { runVitest, tell } from "./run-vitest.ts";
import type { Count } from "./run-vitest.ts";

const root = dirname(import.meta.dirname);
const K3D_CLUSTER = "outrigger-e2e";
const CONFIG = ["--config", join(root, "e2e/cluster/vitest.config.ts")];
const IMAGES = ["controller", "agent", "plugin-hello", "plugin-slack", "test-python"];
// What is asked about all scenarios comes after them; what disturbs the cluster comes alone, and last: an API server that has just been
// started refuses for a moment what it is to allow.
const DISRUPTION = "e2e/cluster/disruption/";
const AFTERWARDS = "e2e/cluster/afterwards/";
const PHASES: readonly (readonly string[])[] = [
  ["--exclude", `${DISRUPTION}**`, "--exclude", `${AFTERWARDS}**`],
  [AFTERWARDS],
  [DISRUPTION, "--maxWorkers", "1"],
];

/** On the cluster of KUBECONFIG. */
async function runScenarios(helm: string): Promise<readonly Count[]> {
  const load = ["run", "images", "--", ...IMAGES, "--load"];
  if (spawnSync("npm", load, { cwd: root, stdio: "inherit" }).status !== 0)
    return [{ passed: 0, failed: 1, skipped: 0 }];
  const uninstall = await install(helm);
  const asked = process.argv.slice(2);
  try {
    return (asked.length === 0 ? PHASES : [asked]).map((args) => runVitest([...CONFIG, ...args]));
  } finally {
    await uninstall();
  }
}

async function onK3d(helm: string): Promise<readonly Count[]> {
  const folder = mkdtempSync(join(tmpdir(), "outrigger-k3d-"));
  try {
    process.env["KUBECONFIG"] = join(folder, "kubeconfig");
    run(["k3d", "cluster", "create", K3D_CLUSTER, "--config", join(root, "deploy/k3d.yaml"), "--wait"]);
    return await runScenarios(helm);
  } finally {
    spawnSync("k3d", ["cluster", "delete", K3D_CLUSTER], { stdio: "inherit" });
    rmSync(folder, { recursive: true, force: true });
  }
}

function whatIsMissing(): string | undefined {
  if (process.env["KUBECONFIG"] !== undefined) return undefined;
  if (!works(["docker", "info"])) return "KUBECONFIG names no cluster, and there is no Docker for one of k3d";
  return works(["k3d", "version"]) ? undefined : "KUBECONFIG names no cluster, and k3d is not installed";
}

const helm = findHelm(process.env);
const missing = helm === undefined ? "there is no helm on the PATH; OUTRIGGER_HELM may name one" : whatIsMissing();
if (helm === undefined || missing !== undefined) {
  console.log(`the scenarios on a cluster are skipped: ${missing}`);
  tell([]);
} else {
  process.exitCode = tell(await (process.env["KUBECONFIG"] === undefined ? onK3d(helm) : runScenarios(helm)));
}
