import { join } from "node:path";
import { build } from "esbuild";
import type { Metafile } from "esbuild";
import { expect, it } from "vitest";

interface Loaded {
  readonly files: readonly string[];
  /** Modules outside the bundle. */
  readonly external: readonly string[];
}

/** What is loaded before the first line of the entry runs. */
function loadedAtStart({ outputs }: Metafile): Loaded {
  const chunks = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === "<stdin>"));
  const external: string[] = [];
  for (const path of chunks) {
    const imports = (outputs[path]?.imports ?? []).filter(({ kind }) => kind === "import-statement");
    for (const imported of imports) {
      if (imported.external === true) external.push(imported.path);
      else chunks.add(imported.path);
    }
  }
  return { files: [...chunks].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {})), external };
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
    external: ["@kubernetes/client-node"],
    outdir: "unused",
    write: false,
    metafile: true,
  });
  const { files, external } = loadedAtStart(metafile);
  expect(files.some((path) => path.endsWith("src/http-client.ts"))).toBe(true);
  expect(files.filter((path) => path.includes("node_modules"))).toEqual([]);
  expect(external.filter((path) => !path.startsWith("node:"))).toEqual([]);
});
