import { once } from "node:events";
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";

const EMPTY_LIST = JSON.stringify({ kind: "List", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] });

/** A Kubernetes API in which there is nothing, and nothing happens. Answers the path of its kubeconfig. */
export async function startStubApi(): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "application/json");
    if (request.url?.includes("watch=") === true) response.flushHeaders();
    else response.end(EMPTY_LIST);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const kubeconfig = `/tmp/stub-api-${port}.json`;
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "stub",
      clusters: [{ name: "stub", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "stub", user: {} }],
      contexts: [{ name: "stub", context: { cluster: "stub", user: "stub", namespace: "default" } }],
    }),
  );
  return kubeconfig;
}
