import { HttpKubeClient } from "@outrigger/kube";
import { afterAll, describe } from "vitest";
import { kubeClientContract } from "../../kube/testing/kube-client.contract.ts";
import { startLocalCluster } from "../src/index.ts";
import type { LocalCluster } from "../src/index.ts";

describe("a KubeClient on the embedded cluster", () => {
  let cluster: LocalCluster | undefined;
  afterAll(() => cluster?.stop());

  kubeClientContract({
    open: async () => {
      cluster = await startLocalCluster();
      return new HttpKubeClient({ connection: cluster.connection() });
    },
    serverSideApply: true,
  });
});
