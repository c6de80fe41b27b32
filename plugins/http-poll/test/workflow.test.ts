import { join } from "node:path";
import { expect, it } from "vitest";
import { startLocalCluster } from "outrigger/testing";
import { FakeJobs } from "./fake-jobs.ts";

const FOLDER = join(import.meta.dirname, "..");

it("workflow.yaml runs a job to its end, with the plugin as it is built for a cluster", async () => {
  const jobs = await FakeJobs.start();
  await using cluster = await startLocalCluster({ plugins: [FOLDER] });
  const run = await cluster.run(join(FOLDER, "workflow.yaml"), { parameters: { jobs: jobs.url } });
  expect(run.phase).toBe("Succeeded");
  expect(run.node("report")).toMatchObject({ message: "job 42: 2 polls", outputs: { url: "/results/42" } });
});
