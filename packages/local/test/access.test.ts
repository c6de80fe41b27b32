import { SimulatedClock } from "@outrigger/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLocalCluster } from "../src/index.ts";
import type { LocalCluster } from "../src/index.ts";
import { textAt } from "../src/json/at.ts";
import { RawApi } from "./support/raw-api.ts";

const NS = "/api/v1/namespaces/default";
const HOUR_MS = 60 * 60_000;

describe("access to the API", () => {
  const clock = new SimulatedClock();
  let cluster: LocalCluster;
  let api: RawApi;
  beforeAll(async () => {
    cluster = await startLocalCluster({ clock });
    api = new RawApi(cluster);
  });
  afterAll(async () => {
    api.close();
    await cluster.stop();
  });

  async function statusWith(authorization: string | undefined): Promise<number> {
    const headers = authorization === undefined ? {} : { authorization };
    return (await fetch(`${cluster.url}${NS}/pods`, { headers })).status;
  }

  async function issue(spec: Parameters<RawApi["send"]>[2], account = "default"): Promise<string> {
    const answer = await api.send("POST", `${NS}/serviceaccounts/${account}/token`, { spec: spec ?? {} });
    return textAt(answer.body, "status", "token");
  }

  it.each([
    ["no header", undefined],
    ["an empty token", "Bearer "],
    ["another scheme", "Basic YWRtaW46YWRtaW4="],
    ["a token that was never issued", "Bearer nonsense"],
    ["something that looks like a token", "Bearer e30.e30.e30"],
    ["four parts", "Bearer a.b.c.d"],
  ])("is refused with %s", async (_what, authorization) => {
    expect(await statusWith(authorization)).toBe(401);
  });

  it("is refused in the API's own form", async () => {
    const answer = await fetch(`${cluster.url}/api`);
    expect(await answer.json()).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: "Unauthorized",
      reason: "Unauthorized",
      code: 401,
    });
  });

  it("is given to the admin, whatever the case of the scheme", async () => {
    expect(await statusWith(`Bearer ${cluster.token}`)).toBe(200);
    expect(await statusWith(`bearer ${cluster.token}`)).toBe(200);
    expect(await statusWith(`Bearer ${cluster.token}x`)).toBe(401);
  });

  it("is given to a service account until its token expires", async () => {
    const token = await issue({ expirationSeconds: 3600 });
    expect(await statusWith(`Bearer ${token}`)).toBe(200);
    await clock.advance(HOUR_MS - 1000);
    expect(await statusWith(`Bearer ${token}`)).toBe(200);
    await clock.advance(2000);
    expect(await statusWith(`Bearer ${token}`)).toBe(401);
  });

  it("is refused to a token for somebody else, or with another signature", async () => {
    expect(await statusWith(`Bearer ${await issue({ audiences: ["vault"] })}`)).toBe(401);
    const [header, payload] = (await issue({})).split(".");
    const [, , signature] = (await issue({})).split(".");
    expect(await statusWith(`Bearer ${header}.${payload}.${signature}`)).toBe(401);
  });

  it("ends with the account", async () => {
    await api.send("POST", `${NS}/serviceaccounts`, { metadata: { name: "short" } });
    const token = await issue({}, "short");
    expect(await statusWith(`Bearer ${token}`)).toBe(200);
    await api.send("DELETE", `${NS}/serviceaccounts/short`);
    await api.send("POST", `${NS}/serviceaccounts`, { metadata: { name: "short" } });
    expect(await statusWith(`Bearer ${token}`)).toBe(401);
  });

  it("ends with the pod that a token is bound to", async () => {
    await api.send("POST", `${NS}/pods`, {
      metadata: { name: "holder" },
      spec: { containers: [{ name: "c", image: "i" }] },
    });
    const token = await issue({ boundObjectRef: { kind: "Pod", apiVersion: "v1", name: "holder" } });
    expect(await statusWith(`Bearer ${token}`)).toBe(200);
    await api.send("DELETE", `${NS}/pods/holder`);
    expect(await statusWith(`Bearer ${token}`)).toBe(401);
  });
});
