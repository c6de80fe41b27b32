// What can be done to the machines of a cluster, beside what its API offers.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../tools/command.ts";

export interface Machine {
  /** Kills the API server, and has it started again. */
  readonly restartApiServer: () => void;
  /** Stops the kubelet, as a machine that is cut off; the answer lets it go on. Undefined where it cannot be stopped alone. */
  readonly pauseKubelet: (() => () => void) | undefined;
}

const {
  CLUSTER_STATE = "/var/lib/outrigger-cluster",
  OUTRIGGER_CLUSTER_SCRIPT: script = "",
  KUBECONFIG = "",
} = process.env;

/** The machine of the cluster of KUBECONFIG; or why nothing can be done to it. */
export function findMachine(): Machine | string {
  if (KUBECONFIG === join(CLUSTER_STATE, "kubeconfig") && existsSync(script)) return native();
  const context = spawnSync("kubectl", ["config", "current-context"], { encoding: "utf8" }).stdout?.trim() ?? "";
  if (context.startsWith("k3d-")) return k3d(context.slice("k3d-".length));
  return "it is neither a cluster of k3d nor the native one (OUTRIGGER_CLUSTER_SCRIPT)";
}

function native(): Machine {
  const pid = (name: string): number => Number(readFileSync(join(CLUSTER_STATE, "run", `${name}.pid`), "utf8"));
  return {
    restartApiServer: () => {
      process.kill(pid("kube-apiserver"), "SIGKILL");
      run([script, "up"]); // starts what is missing
    },
    pauseKubelet: () => {
      const kubelet = pid("kubelet");
      process.kill(kubelet, "SIGSTOP");
      return () => void process.kill(kubelet, "SIGCONT");
    },
  };
}

// One process is all of Kubernetes there.
function k3d(cluster: string): Machine {
  return {
    restartApiServer: () => void run(["docker", "restart", `k3d-${cluster}-server-0`]),
    pauseKubelet: undefined,
  };
}
