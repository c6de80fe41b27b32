import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpKubeClient, NAMESPACES, loadConnection } from "@outrigger/kube";
import { afterEach, describe, expect, it } from "vitest";
import { startLocalCluster } from "../src/index.ts";
import type { LocalCluster, LocalClusterOptions } from "../src/index.ts";
import { deployedCrds } from "./support/crds.ts";

const started: LocalCluster[] = [];
afterEach(async () => {
  for (const cluster of started.splice(0)) await cluster.stop();
});

async function start(options?: LocalClusterOptions): Promise<LocalCluster> {
  const cluster = await startLocalCluster(options);
  started.push(cluster);
  return cluster;
}

describe("starting a cluster", () => {
  it("takes little time", async () => {
    await start({ crds: deployedCrds() });
    const begin = performance.now();
    await start({ crds: deployedCrds(), namespaces: ["argo"] });
    const took = performance.now() - begin;
    expect(took).toBeLessThan(500);
  });

  it("has the namespaces and kinds that are asked for", async () => {
    const cluster = await start({ crds: deployedCrds(), namespaces: ["argo", "default"] });
    const client = new HttpKubeClient({ connection: cluster.connection() });
    const { items } = await client.list(NAMESPACES);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["argo", "default", "kube-system"]);
    const workflows = {
      group: "argoproj.io",
      version: "v1alpha1",
      plural: "workflows",
      kind: "Workflow",
      namespaced: true,
    };
    expect((await client.list(workflows)).items).toEqual([]);
    client.close();
  });

  it("refuses a definition that is none, and leaves nothing behind", async () => {
    const before = readdirSync(tmpdir()).length;
    await expect(start({ crds: [{ metadata: { name: "broken" }, spec: {} }] })).rejects.toThrow("is invalid");
    expect(readdirSync(tmpdir()).length).toBe(before);
  });

  it("says which port is taken", async () => {
    const first = await start();
    await expect(start({ port: first.port })).rejects.toThrow("EADDRINUSE");
  });
});

describe("the kubeconfig", () => {
  it("is for its owner alone and lets a client in", async () => {
    const cluster = await start();
    expect(statSync(cluster.kubeconfigPath).mode & 0o777).toBe(0o600);
    const client = new HttpKubeClient({
      connection: await loadConnection({ env: { KUBECONFIG: cluster.kubeconfigPath } }),
    });
    expect((await client.get(NAMESPACES, { name: "default" })).metadata.name).toBe("default");
    client.close();
  });

  it("gets its mode even where a file of another mode was", async () => {
    const stateDir = mkdtempSync(join(tmpdir(), "outrigger-test-"));
    const first = await start({ stateDir });
    await first.stop();
    expect(existsSync(first.kubeconfigPath)).toBe(false);
    const second = await start({ stateDir });
    expect(statSync(second.kubeconfigPath).mode & 0o777).toBe(0o600);
    await second.stop();
    expect(existsSync(stateDir)).toBe(true);
    rmSync(stateDir, { recursive: true });
  });
});

describe("the port", () => {
  it("takes HTTPS that clients can verify by the certificate", async () => {
    const cluster = await start();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: cluster.port,
        path: "/readyz",
        ca: cluster.caPem,
        servername: "kubernetes.default.svc",
      };
      const outgoing = request(options, (incoming) => {
        incoming.resume();
        resolve(incoming.statusCode);
      });
      outgoing.once("error", reject);
      outgoing.end();
    });
    expect(status).toBe(200);
  });

  it("puts the certificate where pods look for it", async () => {
    const cluster = await start();
    const headers = { authorization: `Bearer ${cluster.token}` };
    const answer = await fetch(`${cluster.url}/api/v1/namespaces/default/configmaps/kube-root-ca.crt`, { headers });
    expect(await answer.json()).toMatchObject({ data: { "ca.crt": cluster.caPem } });
  });
});

describe("stopping a cluster", () => {
  it("ends watches, frees the port and removes its folder", async () => {
    const cluster = await start();
    const headers = { authorization: `Bearer ${cluster.token}` };
    const watch = await fetch(`${cluster.url}/api/v1/configmaps?watch=true`, { headers });
    const ended = watch.text().catch(() => "cut off");
    expect(readFileSync(cluster.kubeconfigPath, "utf8")).toContain("https://127.0.0.1");
    await Promise.all([cluster.stop(), cluster.stop()]);
    await ended;
    expect(existsSync(cluster.stateDir)).toBe(false);
    const again = await start({ port: cluster.port });
    expect(again.port).toBe(cluster.port);
  });
});
