import { SimulatedClock } from "@outrigger/kube";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { InProcessContext } from "../../src/runtime/containers/in-process.ts";
import { AtomicFolder } from "../../src/runtime/volumes/atomic-folder.ts";
import { pod, sh, startCluster } from "./fixture.ts";
import type { Cluster } from "./fixture.ts";

describe("a folder whose files change at once", () => {
  const file = (path: string, text: string, mode = 0o644) => ({ path, mode, content: Buffer.from(text) });

  function newFolder(): AtomicFolder {
    const parent = mkdtempSync(join(tmpdir(), "outrigger-atomic-"));
    onTestFinished(() => rmSync(parent, { recursive: true }));
    return new AtomicFolder(join(parent, "volume"));
  }

  const shown = (folder: AtomicFolder): readonly string[] =>
    readdirSync(folder.path).filter((name) => !name.startsWith(".."));

  test("holds them under their names and modes, also in sub-folders", () => {
    const folder = newFolder();
    folder.write([file("token", "t", 0o440), file("certs/ca.crt", "c")]);
    expect(readFileSync(join(folder.path, "token"), "utf8")).toBe("t");
    expect(statSync(join(folder.path, "token")).mode & 0o777).toBe(0o440);
    expect(readFileSync(join(folder.path, "certs/ca.crt"), "utf8")).toBe("c");
    expect(shown(folder)).toEqual(["certs", "token"]);
  });

  test("changes, adds and drops; what is the same is left alone", () => {
    const folder = newFolder();
    folder.write([file("a", "1"), file("b", "1")]);
    const before = readdirSync(folder.path);
    folder.write([file("a", "1"), file("b", "1")]);
    expect(readdirSync(folder.path)).toEqual(before);
    folder.write([file("a", "2"), file("c", "2")]);
    expect(shown(folder).map((name) => [name, readFileSync(join(folder.path, name), "utf8")])).toEqual([
      ["a", "2"],
      ["c", "2"],
    ]);
    expect(readdirSync(folder.path).filter((name) => /^\.\.\d/.test(name))).toHaveLength(1);
  });
});

/** A pod with one container in this process, to look at its volumes from; it runs until the test ends. */
async function look(
  volumes: readonly Readonly<Record<string, unknown>>[],
  prepare: (cluster: Cluster) => void,
  options: Parameters<typeof startCluster>[0] = {},
): Promise<Cluster & { readonly text: (path: string) => string }> {
  const context = Promise.withResolvers<InProcessContext>();
  const cluster = await startCluster({
    ...options,
    inProcess: {
      look: (given) =>
        new Promise((resolve) => {
          context.resolve(given);
          given.signal.addEventListener("abort", () => resolve(0));
        }),
    },
  });
  prepare(cluster);
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/v/${String(name)}` }));
  const metadata = { labels: { app: "x" } };
  cluster.api.put(
    pod("p", { metadata, spec: { volumes, containers: [{ name: "main", image: "look", volumeMounts }] } }),
  );
  const { path } = await context.promise;
  return { ...cluster, text: (file) => readFileSync(path(file) ?? "nowhere", "utf8") };
}

describe("volumes", () => {
  test("of a secret and a config map follow the object", async () => {
    const { api, text } = await look(
      [
        { name: "secret", secret: { secretName: "s", items: [{ key: "a", path: "sub/a.txt", mode: 0o400 }] } },
        { name: "conf", configMap: { name: "c" } },
        { name: "none", configMap: { name: "absent", optional: true } },
      ],
      ({ api }) => {
        api.putObject("Secret", "s", { a: "1", b: "hidden" });
        api.putObject("ConfigMap", "c", { key: "1" });
      },
    );
    expect([text("/v/secret/sub/a.txt"), text("/v/conf/key")]).toEqual(["1", "1"]);
    expect(() => text("/v/secret/b")).toThrow("ENOENT");
    api.putObject("Secret", "s", { a: "2" });
    api.putObject("ConfigMap", "c", { key: "2", more: "3" });
    expect([text("/v/secret/sub/a.txt"), text("/v/conf/key"), text("/v/conf/more")]).toEqual(["2", "2", "3"]);
    // An object that is gone leaves what was there.
    api.putObject("ConfigMap", "c", undefined);
    expect(text("/v/conf/key")).toBe("2");
  });

  test("of the pod's fields follow its labels", async () => {
    const items = [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }];
    const { api, text } = await look([{ name: "down", downwardAPI: { items } }], () => undefined);
    expect(text("/v/down/labels")).toBe('app="x"');
    const before = api.pods.get("p")!;
    api.put({ ...before, metadata: { ...before.metadata, labels: { app: "y" } } });
    expect(text("/v/down/labels")).toBe('app="y"');
  });

  test("of a service account hold a token without a newline, renewed before it expires", async () => {
    const clock = new SimulatedClock();
    let count = 0;
    const sources = [
      { serviceAccountToken: { path: "token", expirationSeconds: 600, audience: "vault" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ];
    const { api, text } = await look(
      [{ name: "access", projected: { sources } }],
      ({ api }) => {
        api.putObject("ConfigMap", "kube-root-ca.crt", { "ca.crt": "CA" });
        api.token = ({ expirationSeconds }) => {
          count += 1;
          if (count === 2) throw new Error("not now");
          return { token: `token-${count}`, expiresAtMs: clock.now() + expirationSeconds * 1_000 };
        };
      },
      { clock },
    );
    expect(["token", "ca.crt", "namespace"].map((name) => text(`/v/access/${name}`))).toEqual([
      "token-1",
      "CA",
      "default",
    ]);
    expect(api.issued[0]).toMatchObject({
      serviceAccountName: "default",
      audiences: ["vault"],
      expirationSeconds: 600,
    });
    await clock.advance(479_000);
    expect(api.issued).toHaveLength(1);
    await clock.advance(1_000);
    expect(api.issued).toHaveLength(2); // refused
    expect(text("/v/access/token")).toBe("token-1");
    await clock.advance(10_000);
    expect(text("/v/access/token")).toBe("token-3");
    api.delete("p", 1);
    await api.until(() => !api.pods.has("p"));
    await clock.advance(3_600_000);
    expect(api.issued).toHaveLength(3);
  });

  test("an emptyDir is shared by its mounts, sub-paths with variables in them", async () => {
    const { api, phase, log } = await startCluster();
    const volumes = [{ name: "data", emptyDir: { medium: "Memory" } }];
    const env = [{ name: "WHO", value: "me" }];
    const one = { name: "data", mountPath: "/outrigger-test/mine", subPathExpr: "users/$(WHO)" };
    const all = { name: "data", mountPath: "/outrigger-test/all" };
    const script = "echo hi >/outrigger-test/mine/file; cat /outrigger-test/all/users/me/file";
    const main = sh("main", script, { env, volumeMounts: [one, all] });
    api.put(pod("p", { spec: { volumes, containers: [main] } }));
    await phase("p", "Succeeded");
    expect(await log("p", "main")).toBe("hi\n");
  });

  test.each([
    {
      why: "a sub-path that leads out",
      volume: { emptyDir: {} },
      mount: { subPath: "../x" },
      message: "must not contain ..",
    },
    {
      why: "a variable that is not set",
      volume: { emptyDir: {} },
      mount: { subPathExpr: "$(NO)" },
      message: "not set",
    },
    {
      why: "a folder of the host that is not there",
      volume: { hostPath: { path: "/outrigger-never" } },
      mount: {},
      message: "/outrigger-never does not exist on this machine",
    },
    {
      why: "a type that a laptop has not",
      volume: { persistentVolumeClaim: { claimName: "x" } },
      mount: {},
      message: "volumes of type persistentVolumeClaim are not available locally",
    },
    {
      why: "a key that the secret has not",
      volume: { secret: { secretName: "s", items: [{ key: "no", path: "x" }] } },
      mount: {},
      message: "references non-existent secret key: no",
    },
  ])("$why keeps the pod waiting, and says so", async ({ volume, mount, message }) => {
    const { api, state } = await startCluster();
    api.putObject("Secret", "s", { key: "x" });
    const main = sh("main", "true", { volumeMounts: [{ name: "v", mountPath: "/v", ...mount }] });
    api.put(pod("p", { spec: { volumes: [{ name: "v", ...volume }], containers: [main] } }));
    await api.until(() => api.status("p")?.containerStatuses?.[0]?.state?.waiting?.message !== undefined);
    expect((await state("p", "main", "waiting")).message).toContain(message);
  });
});
