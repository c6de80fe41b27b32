// `npm run layers`: a package imports only what its own package.json declares, and layers point down.
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { violations } from "./layers.ts";
import type { PackageFacts } from "./layers.ts";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const root = dirname(import.meta.dirname);
// Every package's tests may use the test tools of the root.
const rootManifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const shared = Object.keys(rootManifest.devDependencies ?? {});

function readPackage(manifestPath: string): PackageFacts {
  const manifest = JSON.parse(readFileSync(join(root, manifestPath), "utf8")) as Manifest;
  return {
    folder: dirname(manifestPath),
    name: manifest.name,
    dependencies: new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })),
    devDependencies: new Set([...Object.keys(manifest.devDependencies ?? {}), ...shared]),
  };
}

const manifests = globSync(
  ["packages/*/package.json", "plugins/*/package.json", "e2e/package.json", "benchmarks/package.json"],
  { cwd: root },
);
const problems = manifests
  .map(readPackage)
  .flatMap((owner) =>
    globSync(`${owner.folder}/**/*.ts`, { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] }).flatMap((path) =>
      violations({ path, text: readFileSync(join(root, path), "utf8") }, owner),
    ),
  );

for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0 ? `layers: ${manifests.length} packages, all in order` : `layers: ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
