import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NAMESPACES, explicitConnection } from "@outrigger/kube";
import type { Connection } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { LOOPBACK, listen } from "./api/http-server.ts";
import type { ListeningServer } from "./api/http-server.ts";
import type { ApiServices } from "./api/services.ts";
import { Authenticator } from "./auth/authenticator.ts";
import { selfSignedCertificate } from "./auth/certificate.ts";
import { TokenIssuer } from "./auth/token-issuer.ts";
import { startControllers } from "./controllers/start-controllers.ts";
import { CRD_RESOURCE } from "./kinds/built-in/custom-resource-definition.ts";
import { KindRegistry } from "./kinds/kind-registry.ts";
import { writeKubeconfig } from "./kubeconfig-file.ts";
import type { KubeconfigContent } from "./kubeconfig-file.ts";
import { createObject } from "./objects/create-object.ts";
import type { ClusterState } from "./objects/cluster-state.ts";
import { resolveOptions } from "./options.ts";
import type { LocalClusterOptions, PodRuntime, ResolvedOptions } from "./options.ts";
import { RuntimeBridge } from "./runtime-bridge.ts";
import { ObjectStore } from "./store/object-store.ts";

/** A Kubernetes API on this machine, for as long as this process lives. */
export interface LocalCluster {
  /** `http://127.0.0.1:<port>`; the port takes https as well. */
  readonly url: string;
  readonly port: number;
  /** May do everything. */
  readonly token: string;
  /** A file of mode 0600. */
  readonly kubeconfigPath: string;
  /** The certificate of https. */
  readonly caPem: string;
  readonly stateDir: string;
  /** What a KubeClient takes. */
  connection(namespace?: string): Connection;
  /** Ends pods, watches and connections; removes what was written. */
  stop(): Promise<void>;
}

const SERVICE_NAMES = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];

/** Starts a cluster; it is ready when the promise is fulfilled. */
export async function startLocalCluster(given: LocalClusterOptions = {}): Promise<LocalCluster> {
  const options = resolveOptions(given);
  const state: ClusterState = { store: new ObjectStore(), kinds: new KindRegistry(), clock: options.clock };
  const certificate = selfSignedCertificate({ names: SERVICE_NAMES, ips: [LOOPBACK], nowMs: options.clock.now() });
  const stopControllers = startControllers(state, certificate.certPem);
  const token = randomBytes(32).toString("base64url");
  const issuer = new TokenIssuer(options.clock);
  let runtime: PodRuntime | undefined;
  const services: ApiServices = {
    issuer,
    authenticator: new Authenticator(state, issuer, token),
    readLog: () => runtime?.readLog,
  };
  fill(state, options);
  let address = "";
  const server = await listen({ state, services, address: () => address }, certificate, options.port);
  address = `${LOOPBACK}:${server.port}`;
  const files = prepareFiles(options, { server: `https://${address}`, caPem: certificate.certPem, token });
  runtime = await options.startPodRuntime?.({
    api: new RuntimeBridge(state, issuer),
    kubernetesService: { host: LOOPBACK, port: server.port },
    stateDir: files.stateDir,
    alsoRemove: [files.owned],
    clock: options.clock,
  });
  const url = `http://${address}`;
  return {
    url,
    port: server.port,
    token,
    caPem: certificate.certPem,
    kubeconfigPath: files.kubeconfigPath,
    stateDir: files.stateDir,
    connection: (namespace) =>
      explicitConnection({ server: url, token, ...(namespace === undefined ? {} : { namespace }) }),
    stop: once(() => stopAll({ runtime, server, stopControllers, files })),
  };
}

function fill(state: ClusterState, options: ResolvedOptions): void {
  const namespaces = state.kinds.find(NAMESPACES);
  const definitions = state.kinds.find(CRD_RESOURCE);
  if (namespaces === undefined || definitions === undefined) throw new Error("a built-in kind is missing");
  const create = (kind: typeof namespaces, body: JsonObject): void =>
    void createObject(state, kind, kind.decode(body).object, { namespace: undefined });
  for (const name of options.namespaces) create(namespaces, { metadata: { name } });
  for (const definition of options.crds) create(definitions, definition);
}

interface Files {
  readonly stateDir: string;
  readonly kubeconfigPath: string;
  /** What goes with the cluster: the folder if it is our own, else only what we put there. */
  readonly owned: string;
}

function prepareFiles(options: ResolvedOptions, access: KubeconfigContent): Files {
  const { stateDir = mkdtempSync(join(tmpdir(), "outrigger-")) } = options;
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const kubeconfigPath = join(stateDir, "kubeconfig");
  writeKubeconfig(kubeconfigPath, access);
  const owned = options.stateDir === undefined ? stateDir : kubeconfigPath;
  return { stateDir, kubeconfigPath, owned };
}

interface Parts {
  readonly runtime: PodRuntime | undefined;
  readonly server: ListeningServer;
  readonly stopControllers: () => void;
  readonly files: Files;
}

async function stopAll({ runtime, server, stopControllers, files }: Parts): Promise<void> {
  await runtime?.stop();
  stopControllers();
  await server.stop();
  rmSync(files.owned, { recursive: true, force: true });
}

function once(run: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= run());
}
