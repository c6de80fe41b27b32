// `npm run soak [-- MINUTES]`: the randomised run of e2e/faults with seed after seed; ends at the first failure, and says which seed it was.
import { spawnSync } from "node:child_process";

const minutes = Number(process.argv[2] ?? 10);
const workflows = "500";
const endMs = Date.now() + minutes * 60_000;

let failed = false;
for (let seed = Date.now() % 1_000_000; !failed && Date.now() < endMs; seed += 1) {
  console.log(`seed ${seed}`);
  const { status } = spawnSync("vitest", ["run", "e2e/faults/random"], {
    stdio: "inherit",
    env: { ...process.env, FAULTS_SEED: String(seed), FAULTS_WORKFLOWS: workflows },
  });
  failed = status !== 0;
  if (failed)
    console.error(`again: FAULTS_SEED=${seed} FAULTS_WORKFLOWS=${workflows} npx vitest run e2e/faults/random`);
}
process.exitCode = failed ? 1 : 0;
