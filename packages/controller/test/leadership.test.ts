import { WORKFLOWS } from "@outrigger/kube";
import type { KubeClient } from "@outrigger/kube";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ControllerTest } from "./support/cluster.ts";

const HELLO = { entrypoint: "main", templates: [{ name: "main", plugin: { hello: {} } }] };

describe("one of several controllers", () => {
  let test: ControllerTest;
  beforeEach(async () => {
    test = await ControllerTest.start();
    await test.installPlugin("hello");
  });
  afterEach(() => test[Symbol.asyncDispose]());

  it("sends none of the writes that it decided before it lost the Lease", async () => {
    let leads = true;
    const client = test.connect(({ verb, resource }, run) => {
      if (verb === "create" && resource === "workflowtasksets") leads = false; // held up for longer than the Lease lasts
      return run();
    });
    const leadership = { elected: Promise.resolve(), isLeading: () => leads };
    const controller = await test.startController({}, client, { leadership });
    await test.submit("wf", HELLO);
    await vi.waitUntil(() => !leads);
    await controller.stop();
    expect(await test.taskSet("wf")).toBeDefined();
    expect((await test.workflow("wf")).status).toBeUndefined();
  });

  it("brings its caches up to date when its turn comes, however far behind its watches are", async () => {
    const synced = Promise.withResolvers<void>();
    const elected = Promise.withResolvers<void>();
    const client = withoutEvents(test.client, synced.resolve);
    const started = test.startController({}, client, {
      leadership: { elected: elected.promise, isLeading: () => true },
    });
    await synced.promise;
    await test.submit("wf", HELLO);
    elected.resolve();
    await started;
    await vi.waitFor(async () => expect((await test.workflow("wf")).status?.phase).toBe("Running"));
  });
});

/** A client whose watches tell nothing; calls `onWatch` at the first one of Workflows. */
function withoutEvents(client: KubeClient, onWatch: () => void): KubeClient {
  return {
    get: (...args) => client.get(...args),
    list: (...args) => client.list(...args),
    // oxlint-disable-next-line require-yield
    async *watch(resource, { signal }) {
      if (resource === WORKFLOWS) onWatch();
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
    create: (...args) => client.create(...args),
    createSubresource: (...args) => client.createSubresource(...args),
    replace: (...args) => client.replace(...args),
    patch: (...args) => client.patch(...args),
    delete: (...args) => client.delete(...args),
    logs: (...args) => client.logs(...args),
    close: () => client.close(),
  };
}
