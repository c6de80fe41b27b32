// Run by nothing-left.test.ts as a process of its own, to be killed: argv is the state folder, a text for the command lines of all
// that is started, and the isolation. SIGTERM stops the runtime in an orderly way.
import { startPodRuntime } from "../../src/runtime/process-runtime.ts";
import { MemoryPodApi } from "./memory-pod-api.ts";

const [, , stateDir = "", marker = "", isolation = "auto"] = process.argv;
const api = new MemoryPodApi();
const runtime = await startPodRuntime({
  api,
  stateDir,
  alsoRemove: [stateDir],
  kubernetesService: { host: "127.0.0.1", port: 1 },
  hostEnv: process.env,
  isolation: isolation === "none" ? "none" : "auto",
  stopGraceMs: 200,
});
process.once("SIGTERM", () => void runtime.stop().then(() => process.exit(0)));

// It ignores SIGTERM, and so does what it leaves behind in another session.
const script = `trap '' TERM; setsid sh -c 'while :; do sleep 1; done' ${marker} & echo started; while :; do sleep 1; done`;
const container = (name: string) => ({
  name,
  image: "busybox",
  command: ["sh", "-c", script, marker],
  volumeMounts: [{ name: "data", mountPath: "/outrigger-test/data" }],
});
api.put({
  metadata: { name: "stubborn", namespace: "default", uid: "stubborn" },
  spec: { volumes: [{ name: "data", emptyDir: {} }], containers: [container("one"), container("two")] },
});
await api.until(() =>
  api.status("stubborn")?.conditions.some(({ type, status }) => type === "Ready" && status === "True"),
);
for (const name of ["one", "two"]) {
  for await (const chunk of runtime.readLog("default", "stubborn", name, { follow: true })) {
    if (chunk.includes("started")) break;
  }
}
process.stdout.write("ready\n");
