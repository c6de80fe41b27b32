// What `nx release` asks of the packages: @nx/js, which has this ready, does not go with TypeScript 7 (docs/adr/0014).
import { VersionActions } from "nx/release/index.js";
import { stampFiles } from "./stamp-files.ts";

interface Manifest {
  version: string;
  readonly name: string;
  readonly [collection: string]: unknown;
}

type Tree = Parameters<VersionActions["init"]>[0];

const COLLECTIONS = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/** package.json of a workspace: its version, and the exact ones of the packages beside it. */
export default class WorkspaceVersionActions extends VersionActions {
  override validManifestFilenames = ["package.json"];

  override readCurrentVersionFromSourceManifest(tree: Tree): Promise<{ currentVersion: string; manifestPath: string }> {
    const manifestPath = this.#path;
    return Promise.resolve({ currentVersion: this.#read(tree).version, manifestPath });
  }

  override readCurrentVersionFromRegistry(): Promise<null> {
    return Promise.resolve(null);
  }

  override readCurrentVersionOfDependency(
    tree: Tree,
    _graph: unknown,
    dependency: string,
  ): Promise<{ currentVersion: string | null; dependencyCollection: string | null }> {
    const manifest = this.#read(tree);
    const collection = COLLECTIONS.find((name) => Object.hasOwn(manifest[name] ?? {}, dependency));
    const versions = (collection === undefined ? {} : manifest[collection]) as Readonly<Record<string, string>>;
    return Promise.resolve({ currentVersion: versions[dependency] ?? null, dependencyCollection: collection ?? null });
  }

  override updateProjectVersion(tree: Tree, newVersion: string): Promise<string[]> {
    this.#write(tree, { ...this.#read(tree), version: newVersion });
    return Promise.resolve([`${this.#path}: ${newVersion}`]);
  }

  override updateProjectDependencies(
    tree: Tree,
    _graph: unknown,
    versions: Readonly<Record<string, string>>,
  ): Promise<string[]> {
    const manifest = this.#read(tree);
    const updated = COLLECTIONS.flatMap((name) => {
      const before = manifest[name] as Readonly<Record<string, string>> | undefined;
      return before === undefined ? [] : [[name, withVersions(before, versions)] as const];
    });
    this.#write(tree, { ...manifest, ...Object.fromEntries(updated) });
    return Promise.resolve([]);
  }

  get #path(): string {
    return `${this.projectGraphNode.data.root}/package.json`;
  }

  #read(tree: Tree): Manifest {
    return JSON.parse(tree.read(this.#path, "utf8") ?? "") as Manifest;
  }

  #write(tree: Tree, manifest: Manifest): void {
    tree.write(this.#path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
}

function withVersions(
  before: Readonly<Record<string, string>>,
  versions: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(before).map(([name, version]) => [name, versions[name] ?? version]));
}

export function afterAllProjectsVersioned(
  root: string,
  { dryRun = false }: { readonly dryRun?: boolean },
): Promise<{ changedFiles: string[]; deletedFiles: string[] }> {
  return Promise.resolve({ changedFiles: [...stampFiles(root, { dryRun, today: new Date() })], deletedFiles: [] });
}
