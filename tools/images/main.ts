// `npm run images [-- NAME…] [-- --load]`: builds images, writes dist/images/<name>.tar, says how large they are and how fast they start.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundleAll } from "../bundle-process.ts";
import { findBuilder } from "./builder.ts";
import type { Builder } from "./builder.ts";
import { compressedBytes } from "./compressed-size.ts";
import { pythonFromDebian } from "./debian.ts";
import { loadIntoCluster } from "./load.ts";
import { prepareNode } from "./node-binary.ts";
import { TEST_PYTHON, parseRequest } from "./plan.ts";
import type { ImagePlan } from "./plan.ts";

const root = dirname(dirname(import.meta.dirname));
const folder = join(root, "dist/images");
const MEGABYTE = 1_000_000;

async function buildAll(args: readonly string[]): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  const { images, load } = parseRequest(args, version);
  const builder = findBuilder(root);
  mkdirSync(folder, { recursive: true });
  await bundleAll();
  prepareNode(root);
  const archives: string[] = [];
  for (const image of images) archives.push(await buildOne(builder, image, version));
  if (load) {
    const { OUTRIGGER_CLUSTER_SCRIPT = join(root, "../shared/cluster/cluster") } = process.env;
    loadIntoCluster(archives, OUTRIGGER_CLUSTER_SCRIPT);
    console.log("loaded into the cluster");
  }
}

async function buildOne(builder: Builder, image: ImagePlan, version: string): Promise<string> {
  const archive = join(folder, `${image.name}.tar`);
  const isPython = image.name === TEST_PYTHON;
  if (isPython) pythonFromDebian((content) => builder.fromFolder(image.reference, content));
  else builder.build(image, version);
  rmSync(archive, { force: true }); // buildah adds to an archive that is there
  builder.save(image.reference, archive);
  const size = `${((await compressedBytes(archive)) / MEGABYTE).toFixed(1)} MB compressed`;
  const start = isPython ? "" : `, ready ${startMs(builder, image)} ms after its start`;
  console.log(`${image.reference}: ${size}${start} (dist/images/${image.name}.tar)`);
  return archive;
}

function startMs(builder: Builder, image: ImagePlan): number {
  return Number(
    builder.runInside(image.reference, join(root, "tools/images/inside"), ["/inside/measure.ts", image.name]),
  );
}

await buildAll(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
