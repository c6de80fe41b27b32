import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConnectionError, PODS, SimulatedClock, explicitConnection, loadConnection, toYaml } from "../src/index.ts";
import type { Connection, LoadConnectionOptions } from "../src/index.ts";
import { FakeApiServer, TEST_CERT, TEST_KEY, configMap, json } from "./fake-api-server.ts";
import type { SeenRequest } from "./fake-api-server.ts";

let folder: string;
let server: FakeApiServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kube-config-"));
  server = await FakeApiServer.start((_request, response) => json(response, configMap("a", 1)), { secure: true });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const CA_DATA = Buffer.from(TEST_CERT).toString("base64");

async function write(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

interface Parts {
  readonly user?: object;
  readonly cluster?: object;
  readonly context?: object;
  readonly name?: string;
}

function kubeconfig({ user = {}, cluster = {}, context = {}, name = "main" }: Parts): string {
  return toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: server.url, "certificate-authority-data": CA_DATA, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, ...context } }],
    "current-context": name,
  });
}

/** What the server sees of one call over this connection. */
async function call(connection: Connection, target = server): Promise<SeenRequest> {
  await target.client({ connection }).get(PODS, { namespace: "default", name: "a" });
  return target.requests.at(-1)!;
}

async function callWith(parts: Parts): Promise<SeenRequest> {
  return call(await loadConnection({ env: { KUBECONFIG: await write("config", kubeconfig(parts)) } }));
}

async function failure(options: LoadConnectionOptions): Promise<string> {
  const error: unknown = await loadConnection(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConnectionError);
  return (error as ConnectionError).message;
}

describe("in a cluster", () => {
  async function mount(): Promise<LoadConnectionOptions> {
    await Promise.all([write("token", "first\n"), write("ca.crt", TEST_CERT), write("namespace", "argo")]);
    const { hostname, port } = new URL(server.url);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port, HOME: folder };
    return { env, serviceAccountFolder: folder, clock: new SimulatedClock() };
  }

  it("uses the service account", async () => {
    const connection = await loadConnection(await mount());
    expect(connection.namespace).toBe("argo");
    expect((await call(connection)).headers.authorization).toBe("Bearer first");
  });

  it("takes up a renewed token, over the connections that it has", async () => {
    const clock = new SimulatedClock();
    const connection = await loadConnection({ ...(await mount()), clock });
    const client = server.client({ connection });
    const tokenSeen = async (): Promise<unknown> => {
      await client.get(PODS, { namespace: "default", name: "a" });
      return server.requests.at(-1)?.headers.authorization;
    };
    expect(await tokenSeen()).toBe("Bearer first");
    await write("token", "second");
    expect(await tokenSeen()).toBe("Bearer first");
    await clock.advance(5_000);
    expect(await tokenSeen()).toBe("Bearer second");
    expect(server.connections).toBe(1);
  });

  it("encloses an IPv6 address in brackets", async () => {
    const { env, ...rest } = await mount();
    const connection = await loadConnection({ ...rest, env: { ...env, KUBERNETES_SERVICE_HOST: "fd00::1" } });
    expect(connection.server.hostname).toBe("[fd00::1]");
  });

  it("says what is not mounted", async () => {
    const options = await mount();
    await rm(join(folder, "token"));
    expect(await failure(options)).toContain(`${join(folder, "token")} cannot be read (ENOENT)`);
  });

  it("gives way to KUBECONFIG", async () => {
    const { env } = await mount();
    const path = await write("config", kubeconfig({ user: { token: "mine" } }));
    const connection = await loadConnection({ env: { ...env, KUBECONFIG: path } });
    expect((await call(connection)).headers.authorization).toBe("Bearer mine");
  });
});

it("refuses a server that is no URL", () => {
  expect(() => explicitConnection({ server: "nowhere" })).toThrow(ConnectionError);
});

describe("with a kubeconfig", () => {
  it.each([
    { name: "a token", user: { token: "t1" }, want: { authorization: "Bearer t1" } },
    {
      name: "a name and password",
      user: { username: "u", password: "p" },
      want: { authorization: `Basic ${Buffer.from("u:p").toString("base64")}` },
    },
    { name: "another identity", user: { token: "t", as: "jane" }, want: { "impersonate-user": "jane" } },
  ])("is let in by $name", async ({ user, want }) => {
    expect((await callWith({ user })).headers).toMatchObject(want);
  });

  it("is let in by a client certificate, in the file or beside it", async () => {
    await Promise.all([write("cert.pem", TEST_CERT), write("key.pem", TEST_KEY), write("ca.pem", TEST_CERT)]);
    const data = { "client-certificate-data": CA_DATA, "client-key-data": Buffer.from(TEST_KEY).toString("base64") };
    expect((await callWith({ user: data })).certificateName).toBe("outrigger test");
    const files = { "client-certificate": "cert.pem", "client-key": "key.pem" };
    const cluster = { "certificate-authority-data": undefined, "certificate-authority": "ca.pem" };
    expect((await callWith({ user: files, cluster })).certificateName).toBe("outrigger test");
  });

  it("is let in by a token file, which overrules a token", async () => {
    await write("my-token", "from-file\n");
    expect((await callWith({ user: { tokenFile: "my-token", token: "old" } })).headers.authorization).toBe(
      "Bearer from-file",
    );
  });

  it("asks a credential plugin once for many calls at once, and for the calls that follow", async () => {
    const status = { token: "from-plugin", expirationTimestamp: "2100-01-01T00:00:00Z" };
    const credential = JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status,
    });
    const asked = join(folder, "asked");
    const script = `require("fs").appendFileSync(${JSON.stringify(asked)}, "x"); console.log(${JSON.stringify(credential)})`;
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args: ["-e", script] };
    const path = await write("config", kubeconfig({ user: { exec } }));
    const connection = await loadConnection({ env: { KUBECONFIG: path } });
    const seen = await Promise.all(Array.from({ length: 10 }, () => call(connection)));
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer from-plugin"]));
    expect(readFileSync(asked, "utf8")).toBe("x");
  });

  it.each([
    { name: "fails", script: 'console.error("log in first"); process.exit(1)', want: "log in first" },
    { name: "answers nonsense", script: 'console.log("secret-token")', want: "did not answer with JSON" },
  ])("says so when the credential plugin $name, and shows no secret", async ({ script, want }) => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args: ["-e", script] };
    const error = await callWith({ user: { exec } }).catch((reason: Error) => reason.message);
    expect(error).toContain(want);
    expect(error).not.toContain("secret-token");
  });

  it("knows the context's namespace", async () => {
    const path = await write("config", kubeconfig({ context: { namespace: "team" } }));
    expect((await loadConnection({ env: { KUBECONFIG: path } })).namespace).toBe("team");
  });

  it("refuses a server that it does not know, unless told not to look", async () => {
    const cluster = { "certificate-authority-data": undefined };
    await expect(callWith({ cluster })).rejects.toMatchObject({ reason: "Unreachable" });
    await callWith({ cluster: { ...cluster, "insecure-skip-tls-verify": true } });
    expect(server.requests).toHaveLength(1);
  });

  it("verifies the server by another name where the kubeconfig gives one", async () => {
    await callWith({ cluster: { "tls-server-name": "localhost" } });
    await expect(callWith({ cluster: { "tls-server-name": "example.com" } })).rejects.toMatchObject({
      reason: "Unreachable",
    });
  });

  it("talks plain HTTP to a server that does", async () => {
    const plain = await FakeApiServer.start((_request, response) => json(response, configMap("a", 1)));
    const path = await write("config", kubeconfig({ cluster: { server: plain.url }, user: { token: "t" } }));
    const seen = await call(await loadConnection({ env: { KUBECONFIG: path } }), plain);
    await plain.close();
    expect(seen.headers.authorization).toBe("Bearer t");
  });

  it("goes through a proxy", async () => {
    const tunnels: (string | undefined)[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      tunnels.push(request.url);
      const { hostname, port } = new URL(server.url);
      const upstream = connect(Number(port), hostname, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      upstream.pipe(socket).pipe(upstream);
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    await callWith({ cluster: { "proxy-url": `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` } });
    proxy.close();
    expect(tunnels).toEqual([new URL(server.url).host]);
  });

  it("merges several files, the first to say something wins, and passes over those that are not there", async () => {
    const first = await write("first", kubeconfig({ user: { token: "first" } }));
    const second = await write("second", kubeconfig({ user: { token: "second" }, context: { namespace: "second" } }));
    const KUBECONFIG = [join(folder, "absent"), first, second].join(delimiter);
    const connection = await loadConnection({ env: { KUBECONFIG } });
    expect((await call(connection)).headers.authorization).toBe("Bearer first");
    expect(connection.namespace).toBe("default");
  });

  it("takes the file and the context that are asked for", async () => {
    const a = await write("a", kubeconfig({ name: "a", user: { token: "of-a" }, context: { namespace: "ns-a" } }));
    const b = await write("b", kubeconfig({ name: "b", user: { token: "of-b" }, context: { namespace: "ns-b" } }));
    const env = { KUBECONFIG: [a, b].join(delimiter), KUBERNETES_SERVICE_HOST: "x", KUBERNETES_SERVICE_PORT: "1" };
    const other = await loadConnection({ env, context: "b" });
    expect(other.namespace).toBe("ns-b");
    expect((await call(other)).headers.authorization).toBe("Bearer of-b");
    expect((await loadConnection({ env: {}, kubeconfig: b })).namespace).toBe("ns-b");
    expect(await failure({ env, context: "c" })).toBe(`${a}, ${b} has no context c; there are a, b`);
  });

  it("finds ~/.kube/config", async () => {
    await mkdir(join(folder, ".kube"));
    await write(join(".kube", "config"), kubeconfig({ user: { token: "home" } }));
    const connection = await loadConnection({ env: { HOME: folder, KUBECONFIG: "" } });
    expect((await call(connection)).headers.authorization).toBe("Bearer home");
  });

  it.each([
    { name: "is no YAML", text: "token: 'secret-token\n a: [", want: "is no valid kubeconfig" },
    { name: "is empty", text: "", want: "is no valid kubeconfig" },
    {
      name: "has a cluster without a server",
      text: "clusters: [{name: a, cluster: {}}]",
      want: "is no valid kubeconfig",
    },
    {
      name: "names no context",
      text: "users: [{name: a, user: {token: secret-token}}]",
      want: "names no current context",
    },
    {
      name: "has a server that is no URL",
      text: "{clusters: [{name: a, cluster: {server: nowhere}}], contexts: [{name: a, context: {cluster: a}}], current-context: a}",
      want: "the cluster's server is no URL: nowhere",
    },
  ])("says so when the file $name, and shows no secret", async ({ text, want }) => {
    const message = await failure({ env: { KUBECONFIG: await write("config", text) } });
    expect(message).toContain(want);
    expect(message).toContain(join(folder, "config"));
    expect(message).not.toContain("secret-token");
  });

  it("says where it looked when there is none", async () => {
    expect(await failure({ env: { KUBECONFIG: join(folder, "absent") } })).toContain(
      `no kubeconfig at ${join(folder, "absent")}`,
    );
    expect(await failure({ env: { HOME: folder } })).toContain(join(folder, ".kube", "config"));
  });
});
