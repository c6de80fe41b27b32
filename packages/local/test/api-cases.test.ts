import { loadConnection } from "@outrigger/kube";
import type { Connection } from "@outrigger/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLocalCluster } from "../src/index.ts";
import { ALL_GROUPS } from "../testing/api-cases/all-groups.ts";
import { CaseEnvironment } from "../testing/api-cases/case-environment.ts";
import { runCase } from "../testing/api-cases/case-run.ts";
import type { CaseTarget } from "../testing/api-cases/case-run.ts";
import { readRecording, writeRecording } from "../testing/api-cases/recording.ts";

interface Server {
  readonly connection: Connection;
  readonly stop: () => Promise<void>;
}

async function embedded(): Promise<Server> {
  const cluster = await startLocalCluster();
  return { connection: cluster.connection(), stop: () => cluster.stop() };
}

const KUBECONFIG = process.env["OUTRIGGER_TEST_KUBECONFIG"] ?? process.env["KUBECONFIG"];
/** Writes down what the real server says, instead of comparing it. */
const RECORDS = process.env["OUTRIGGER_RECORD_API_CASES"] === "true";

async function real(): Promise<Server> {
  return { connection: await loadConnection({ env: { KUBECONFIG } }), stop: () => Promise.resolve() };
}

/** Runs every case and compares its transcript with the recorded one of a real kube-apiserver. */
function runAll(start: () => Promise<Server>, record: boolean): void {
  let server: Server;
  let environment: CaseEnvironment;
  beforeAll(async () => {
    server = await start();
    environment = new CaseEnvironment(server.connection);
    await environment.setUp();
  }, 60_000);
  afterAll(async () => {
    await environment.tearDown();
    await server.stop();
  }, 60_000);

  describe.each(ALL_GROUPS)("$name", (group) => {
    const recorded = readRecording(group.name);
    const transcripts = new Map<string, string>();
    let target: CaseTarget;
    beforeAll(async () => {
      target = await environment.target();
    }, 60_000);
    afterAll(() => {
      if (record)
        writeRecording(group.name, new Map(group.cases.map(({ name }) => [name, transcripts.get(name) ?? ""])));
    });

    it.concurrent.each(group.cases)(
      "$name",
      async (apiCase) => {
        const transcript = await runCase(target, apiCase);
        transcripts.set(apiCase.name, transcript);
        expect(transcript).toBe(record ? transcript : recorded.get(apiCase.name));
      },
      60_000,
    );
  });
}

describe("the embedded API server answers as recorded from a real one", () => {
  runAll(embedded, false);
});

const hasCluster = KUBECONFIG !== undefined && KUBECONFIG !== "";
const without = hasCluster ? "" : " (skipped: neither OUTRIGGER_TEST_KUBECONFIG nor KUBECONFIG names a cluster)";
describe.skipIf(!hasCluster)(`a real API server answers as recorded${without}`, () => {
  runAll(real, RECORDS);
});
