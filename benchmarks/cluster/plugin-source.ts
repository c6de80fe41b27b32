import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ENTRY = fileURLToPath(new URL("../plugin/server.ts", import.meta.url));

/** The plugin of the workloads, as one argument of `node --input-type=module -e`. */
export async function bundlePlugin(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    target: "node22",
    format: "esm",
    charset: "utf8",
    legalComments: "none",
    conditions: ["@outrigger/source"],
    logLevel: "warning",
  });
  return outputFiles[0]?.text ?? "";
}
