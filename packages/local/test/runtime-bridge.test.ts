import { SimulatedClock } from "@outrigger/kube";
import type { KubeObject } from "@outrigger/types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startLocalCluster } from "../src/index.ts";
import type { LocalCluster } from "../src/index.ts";
import { at, listAt, objectAt, textAt } from "../src/json/at.ts";
import type { PodApi, PodRef } from "../src/runtime/pod-api.ts";
import { RawApi } from "./support/raw-api.ts";

const NS = "/api/v1/namespaces/default";
const HOUR_MS = 60 * 60_000;

describe("the API as the pod runtime sees it", () => {
  const clock = new SimulatedClock();
  let cluster: LocalCluster;
  let api: RawApi;
  let bridge: PodApi;
  beforeEach(async () => {
    cluster = await startLocalCluster({
      clock,
      startPodRuntime: (context) => {
        bridge = context.api;
        const readLog = async function* (): AsyncGenerator<string> {
          yield "a line\n";
        };
        return { readLog, stop: () => Promise.resolve() };
      },
    });
    api = new RawApi(cluster);
  });
  afterEach(async () => {
    api.close();
    await cluster.stop();
  });

  async function createPod(name: string): Promise<PodRef> {
    const spec = { terminationGracePeriodSeconds: 5, containers: [{ name: "c", image: "i" }] };
    const { body } = await api.send("POST", `${NS}/pods`, { metadata: { name }, spec });
    return { namespace: "default", name, uid: textAt(body, "metadata", "uid") };
  }

  it("tells of the pods that there are, then of every change", async () => {
    const told: string[] = [];
    const name = (pod: KubeObject): string => `${pod.metadata.name ?? ""} ${textAt(pod, "spec", "nodeName")}`;
    await createPod("early");
    const stop = bridge.watchPods({
      changed: (pod) => void told.push(`changed ${name(pod)}`),
      removed: (pod) => void told.push(`removed ${name(pod)}`),
    });
    const late = await createPod("late");
    await bridge.bindPod(late, "node");
    await bridge.removePod(late);
    stop();
    await createPod("unheard");
    expect(told).toEqual([
      "changed early ",
      "changed late ",
      "changed late node",
      "changed late node",
      "removed late node",
    ]);
  });

  it("deletes a pod that has a node only when the runtime says that it has ended", async () => {
    const pod = await createPod("running");
    await bridge.bindPod(pod, "node");
    const deleted = await api.send("DELETE", `${NS}/pods/running`);
    expect(at(deleted.body, "metadata", "deletionGracePeriodSeconds")).toBe(5);
    expect((await api.send("GET", `${NS}/pods/running`)).status).toBe(200);
    await bridge.removePod(pod);
    expect((await api.send("GET", `${NS}/pods/running`)).status).toBe(404);
  });

  it("writes a status as a kubelet would, and spares a later pod of the same name", async () => {
    const pod = await createPod("stated");
    const status = { phase: "Running", conditions: [], qosClass: "BestEffort", startTime: "2026-01-01T00:00:00.123Z" };
    await bridge.writeStatus(pod, status);
    const { body } = await api.send("GET", `${NS}/pods/stated`);
    expect(objectAt(body, "status")).toMatchObject({ phase: "Running", startTime: "2026-01-01T00:00:00Z" });
    await bridge.writeStatus({ ...pod, uid: "another" }, { ...status, phase: "Failed" });
    expect(textAt((await api.send("GET", `${NS}/pods/stated`)).body, "status", "phase")).toBe("Running");
  });

  it("follows an object that a pod refers to", async () => {
    const seen: (string | undefined)[] = [];
    const stop = bridge.watchObject({ kind: "ConfigMap", namespace: "default", name: "settings" }, (object) => {
      seen.push(object === undefined ? undefined : textAt(object, "data", "a"));
    });
    await api.send("POST", `${NS}/configmaps`, { metadata: { name: "settings" }, data: { a: "1" } });
    await api.send("POST", `${NS}/configmaps`, { metadata: { name: "others" }, data: { a: "9" } });
    await api.send("PATCH", `${NS}/configmaps/settings`, { data: { a: "2" } }, "application/merge-patch+json");
    await api.send("DELETE", `${NS}/configmaps/settings`);
    stop();
    expect(seen).toEqual([undefined, "1", "2", undefined]);
  });

  it("issues tokens that the API takes", async () => {
    const pod = await createPod("holder");
    const request = { pod, serviceAccountName: "default", audiences: [], expirationSeconds: 600 };
    const { token, expiresAtMs } = await bridge.issueToken(request);
    expect(expiresAtMs).toBe(clock.now() + 600_000);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${cluster.url}${NS}/pods`, { headers })).status).toBe(200);
    await expect(bridge.issueToken({ ...request, serviceAccountName: "nobody" })).rejects.toThrow("not found");
  });

  it("counts an event that comes again, and drops it after an hour of quiet", async () => {
    const pod = await createPod("eventful");
    const pulled = { type: "Normal", reason: "Pulled", message: "it is there" } as const;
    await bridge.recordEvent(pod, pulled);
    await bridge.recordEvent(pod, pulled);
    const events = async (): Promise<unknown[]> => {
      const { body } = await api.send("GET", `${NS}/events?fieldSelector=involvedObject.name%3Deventful`);
      return listAt(body, "items").map((event) => `${textAt(event, "reason")} ${JSON.stringify(at(event, "count"))}`);
    };
    expect(await events()).toEqual(["Pulled 2"]);
    await clock.advance(HOUR_MS + 1000);
    await bridge.recordEvent(pod, { ...pulled, reason: "Started" });
    expect(await events()).toEqual(["Started 1"]);
  });

  it("shows the log that the runtime reads", async () => {
    await createPod("talker");
    expect((await api.send("GET", `${NS}/pods/talker/log`)).text).toBe("a line\n");
  });
});
