import { CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS } from "@outrigger/kube";
import { describe, expect, it } from "vitest";
import { Scenario, nodeOf, steps } from "./support/scenario.ts";
import { scriptedPlugin } from "./support/scripted-plugin.ts";

const WORD = { word: "outrigger" };

describe("what a plugin is given", () => {
  it("Secrets, as its manifest asks for", async () => {
    await using scenario = await Scenario.start();
    const metadata = { name: "words" };
    await scenario.client.create(SECRETS, scenario.namespace, {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      stringData: WORD,
    });
    const env = [{ name: "WORD", valueFrom: { secretKeyRef: { name: "words", key: "word" } } }];
    await scenario.install(scriptedPlugin({ env }));
    const status = await scenario.run(steps("scripted", [{ env: "WORD" }]));
    expect(nodeOf(status, "s0")?.outputs?.parameters).toEqual([{ name: "echo", value: WORD.word }]);
  });

  it("the token of an account of its own, without a Secret made by hand: it reads the API with it", async () => {
    await using scenario = await Scenario.start();
    const { client, namespace } = scenario;
    const account = "scripted-executor-plugin";
    await client.create(SERVICE_ACCOUNTS, namespace, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: account },
    });
    await scenario.grant(account, [{ resource: CONFIG_MAPS, verbs: ["get"], why: "the test" }]);
    await client.create(CONFIG_MAPS, namespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "words" },
      data: WORD,
    });
    await scenario.install(scriptedPlugin({ automountServiceAccountToken: true }));
    const paths = ["configmaps/words", "secrets/words"].map((path) => `/api/v1/namespaces/${namespace}/${path}`);
    const status = await scenario.run(
      steps(
        "scripted",
        paths.map((api) => ({ api })),
      ),
    );
    const said = ["s0", "s1"].map((step) => nodeOf(status, step)?.outputs?.parameters?.[0]?.value);
    expect(said).toEqual([`200 ${WORD.word}`, "403 undefined"]);
  });
});
