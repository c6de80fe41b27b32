import { join } from "node:path";
import { build } from "esbuild";
import type { Metafile } from "esbuild";
import { expect, it } from "vitest";

/** What is loaded before the first line of the entry runs. */
function loadedAtStart({ outputs }: Metafile): readonly string[] {
  const reached = new Set(
    Object.keys(outputs)
      .filter((path) => outputs[path]?.entryPoint !== undefined)
      .slice(0, 1),
  );
  for (const path of reached) {
    for (const imported of outputs[path]?.imports ?? [])
      if (imported.kind === "import-statement") reached.add(imported.path);
  }
  return [...reached].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}

it("costs a process in the cluster neither the kubeconfig's library nor the YAML parser", async () => {
  const contents = `
    import { HttpKubeClient, Informer, WorkQueue, loadConnection } from "./src/index.ts";
    console.log(HttpKubeClient, Informer, WorkQueue, loadConnection);`;
  const { metafile } = await build({
    stdin: { contents, resolveDir: join(import.meta.dirname, "..") },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    conditions: ["@outrigger/source"],
    outdir: "unused",
    write: false,
    metafile: true,
  });
  const inputs = loadedAtStart(metafile);
  expect(inputs.some((path) => path.endsWith("src/http-client.ts"))).toBe(true);
  expect(inputs.filter((path) => path.includes("node_modules"))).toEqual([]);
});
