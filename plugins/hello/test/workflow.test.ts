import { join } from "node:path";
import { expect, it } from "vitest";
import { readPluginFolder } from "outrigger";
import { startLocalCluster } from "outrigger/testing";

const FOLDER = join(import.meta.dirname, "..");
const MAX_BUNDLE_BYTES = 100 * 1024;

it("workflow.yaml greets the world, with the plugin as it is built for a cluster", async () => {
  // #region startLocalCluster, LocalCluster, LocalClusterOptions, RunOptions, WorkflowRun, NodeRun
  await using cluster = await startLocalCluster({ plugins: [FOLDER] }); // folders with a plugin.yaml
  const run = await cluster.run(join(FOLDER, "workflow.yaml"));
  expect(run.phase).toBe("Succeeded");
  expect(run.node("greet")).toMatchObject({ message: "Hello world!", outputs: { foo: "bar" } });
  // #endregion
});

it("travels as one argument, far below the 128 KiB that Linux takes", async () => {
  const { plugin } = await readPluginFolder(FOLDER);
  const [bundle = ""] = plugin.spec.sidecar.container.args ?? [];
  process.stdout.write(`hello bundle: ${Buffer.byteLength(bundle)} bytes\n`);
  expect(bundle).not.toBe("");
  expect(Buffer.byteLength(bundle)).toBeLessThan(MAX_BUNDLE_BYTES);
});
