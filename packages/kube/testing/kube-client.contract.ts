import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PODS } from "../src/index.ts";
import type { KubeClient } from "../src/index.ts";
import { informerCases, listingCases, watchLifeCases, watchingCases } from "./contract/collections.ts";
import { creatingCases, deletingCases, kindCases, replacingCases, statusCases } from "./contract/objects.ts";
import { applyingCases, patchingCases, patchingTogetherCases } from "./contract/patches.ts";
import { openScene, refusal } from "./contract/scene.ts";
import type { Scene } from "./contract/scene.ts";

export interface ContractOptions {
  /** Makes the client under test; it is closed in the end. */
  readonly open: () => Promise<KubeClient>;
  /** Whether the API behind it knows server-side apply. */
  readonly serverSideApply: boolean;
}

/**
 * What every KubeClient, with the API behind it, must do; run identically against each. To be called within a `describe`. The cases
 * work in a namespace and with a custom kind of their own, which are removed in the end.
 */
export function kubeClientContract({ open, serverSideApply }: ContractOptions): void {
  let current: Scene | undefined;
  const scene = (): Scene => current ?? expect.fail("the scene is not set");

  beforeAll(async () => {
    current = await openScene(await open());
  }, 30_000);

  afterAll(async () => {
    await current?.clear();
    current?.client.close();
  }, 30_000);

  creatingCases(scene);
  kindCases(scene);
  replacingCases(scene);
  statusCases(scene);
  patchingCases(scene);
  patchingTogetherCases(scene);
  if (serverSideApply) applyingCases(scene);
  deletingCases(scene);
  listingCases(scene);
  watchingCases(scene);
  watchLifeCases(scene);
  informerCases(scene);

  describe("anything else", () => {
    it("says what is not there", async () => {
      const { client, ref } = scene();
      expect(await refusal(client.get(PODS, ref()))).toBe("NotFound");
      const logs = client.logs(ref())[Symbol.asyncIterator]();
      expect(await refusal(logs.next())).toBe("NotFound");
      const unknown = { group: "no-such-group.dev", version: "v1", plural: "things", kind: "Thing", namespaced: true };
      expect(await refusal(client.list(unknown))).toBe("NotFound");
    });

    it("refuses bodies beyond measure, and answers what comes after them", async () => {
      const { client, configMap, ref } = scene();
      expect(await refusal(configMap({ data: { big: "x".repeat(1_100_000) } }))).toBe("Invalid");
      expect(await refusal(configMap({ data: { big: "x".repeat(4_000_000) } }))).toBe("RequestEntityTooLarge");
      expect(await refusal(client.get(PODS, ref()))).toBe("NotFound");
    });
  });
}
