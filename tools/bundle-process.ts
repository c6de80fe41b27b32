// Bundles a process (the controller, the agent, a plugin) into a folder of ES modules that needs no node_modules.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

/** Main files, by the name of their image. */
export const ENTRIES: Readonly<Record<string, string>> = {
  controller: "packages/controller/src/main.ts",
  agent: "packages/agent/src/main.ts",
  "plugin-hello": "plugins/hello/server.ts",
  "plugin-http-poll": "plugins/http-poll/server.ts",
  "plugin-slack": "plugins/slack/server.ts",
};

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

/** Makes dist/bundle anew, and answers the main files in there. */
export async function bundleAll(): Promise<readonly string[]> {
  const root = dirname(import.meta.dirname);
  rmSync(join(root, "dist/bundle"), { recursive: true, force: true });
  return Promise.all(
    Object.entries(ENTRIES).map(async ([name, entry]) => {
      await bundleProcess(join(root, entry), join(root, "dist/bundle", name));
      return `dist/bundle/${name}/main.mjs`;
    }),
  );
}
