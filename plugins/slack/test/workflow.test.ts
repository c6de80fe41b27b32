import { join } from "node:path";
import { expect, it } from "vitest";
import { startLocalCluster } from "outrigger/testing";
import { FakeSlack, WEBHOOK_PATH } from "./fake-slack.ts";

const FOLDER = join(import.meta.dirname, "..");

it("workflow.yaml posts its message, with the webhook out of a Secret", async () => {
  const slack = await FakeSlack.start();
  const metadata = { name: "slack-executor-plugin" };
  const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { URL: slack.webhook } };
  await using cluster = await startLocalCluster({ plugins: [FOLDER], objects: [secret] });
  const run = await cluster.run(join(FOLDER, "workflow.yaml"));
  expect(run.phase).toBe("Succeeded");
  expect(slack.posted).toMatchObject([{ path: WEBHOOK_PATH, body: { text: `${run.name} says hello` } }]);
});
