import { describe } from "vitest";
import { HttpKubeClient, loadConnection } from "../src/index.ts";
import { kubeClientContract } from "../testing/kube-client.contract.ts";

const { OUTRIGGER_TEST_KUBECONFIG, KUBECONFIG = "" } = process.env;
const kubeconfig = OUTRIGGER_TEST_KUBECONFIG ?? KUBECONFIG;

describe.skipIf(kubeconfig === "")("a real kube-apiserver (the one of OUTRIGGER_TEST_KUBECONFIG or KUBECONFIG)", () => {
  kubeClientContract({
    open: async () => new HttpKubeClient({ connection: await loadConnection({ env: { KUBECONFIG: kubeconfig } }) }),
    serverSideApply: true,
  });
});
