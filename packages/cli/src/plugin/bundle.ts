import { basename } from "node:path";
import type { BuildFailure } from "esbuild";
import { UserError } from "../user-error.ts";

/** Linux takes no longer single argument (MAX_ARG_STRLEN), and an inline plugin travels as one. */
export const MAX_ARGUMENT_BYTES = 128 * 1024;

// In the repository packages are taken as they are written; published ones have only what was built.
const CONDITIONS = import.meta.url.endsWith(".ts") ? ["@outrigger/source"] : [];

/** Bundles a TypeScript server and all that it imports into one minified ES module for `node --input-type=module -e`. */
export async function bundleServer(file: string): Promise<string> {
  const { build } = await import("esbuild");
  try {
    const result = await build({
      entryPoints: [file],
      bundle: true,
      minify: true,
      keepNames: false,
      write: false,
      platform: "node",
      target: "node22",
      format: "esm",
      charset: "utf8",
      legalComments: "none",
      conditions: CONDITIONS,
      logLevel: "silent",
    });
    return result.outputFiles[0]?.text ?? "";
  } catch (error) {
    throw new UserError(describeFailure(file, error), { cause: error });
  }
}

function describeFailure(file: string, error: unknown): string {
  const first = isBuildFailure(error) ? error.errors[0] : undefined;
  if (first === undefined)
    return `${file} cannot be bundled: ${error instanceof Error ? error.message : String(error)}`;
  const place = first.location === null ? basename(file) : `${first.location.file}:${first.location.line}`;
  return `${place} cannot be bundled: ${first.text}`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

export function checkArgumentSize(source: string, file: string): void {
  const sizeBytes = Buffer.byteLength(source);
  if (sizeBytes < MAX_ARGUMENT_BYTES) return;
  throw new UserError(
    `${file} is ${Math.ceil(sizeBytes / 1024)} KiB as one argument; Linux takes less than ${MAX_ARGUMENT_BYTES / 1024} KiB. ` +
      "Put the server into an image and name that in spec.sidecar.container.image, without a server.* file beside plugin.yaml",
  );
}
