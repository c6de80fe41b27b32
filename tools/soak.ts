// `npm run soak [-- MINUTES]`: what `npm test` does with one seed, with seed after seed: the properties, and the random faults of e2e/faults.
// Ends at the first failure, and says which seed it was.
import { spawnSync } from "node:child_process";

const minutes = Number(process.argv[2] ?? 10);
const FILES = [
  "e2e/faults/random",
  "packages/engine/test/properties",
  "packages/expressions/test/robustness",
  "packages/agent/test/task-ledger",
  "packages/kube/test/work-queue",
];
const endMs = Date.now() + minutes * 60_000;

let failed = false;
for (let seed = Date.now() % 1_000_000; !failed && Date.now() < endMs; seed += 1) {
  const settings = { FAULTS_SEED: String(seed), FAULTS_WORKFLOWS: "500", PROPERTY_SEED: String(seed) };
  console.log(`seed ${seed}`);
  const { status } = spawnSync("vitest", ["run", ...FILES], { stdio: "inherit", env: { ...process.env, ...settings } });
  failed = status !== 0;
  if (failed) {
    const shown = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    console.error(`again: ${[...shown, "npx vitest run", ...FILES].join(" ")}`);
  }
}
process.exitCode = failed ? 1 : 0;
