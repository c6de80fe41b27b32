// Bundles a process (the controller, the agent) into a folder of ES modules that needs no node_modules.
import { build } from "esbuild";

// Some of our libraries are CommonJS and call require for Node's own modules.
const REQUIRE =
  "import{createRequire as __bundleRequire}from'node:module';const require=__bundleRequire(import.meta.url);";

/**
 * `entry` becomes `<outdir>/main.mjs`. What is imported on demand (kubeconfig reading, the OpenTelemetry SDK) stays in chunks of its
 * own: read into memory only when it is called for.
 */
export async function bundleProcess(entry: string, outdir: string): Promise<void> {
  await build({
    entryPoints: { main: entry },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    minify: true,
    platform: "node",
    target: "node22",
    format: "esm",
    legalComments: "none",
    conditions: ["@outrigger/source"],
    banner: { js: REQUIRE },
    logLevel: "warning",
  });
}
