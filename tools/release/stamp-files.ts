import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Stamp = (text: string, before: string, after: string) => string;

export interface StampOptions {
  /** Writes nothing. */
  readonly dryRun: boolean;
  readonly today: Date;
}

const everywhere: Stamp = (text, before, after) => text.replaceAll(before, after);

/** Files that hold the version of a release, beside the manifests of the packages. */
function stamps(today: Date): Readonly<Record<string, Stamp>> {
  const date = today.toISOString().slice(0, "2026-12-01".length);
  return {
    "package.json": everywhere,
    "packages/types/src/version.ts": everywhere,
    "deploy/charts/outrigger/Chart.yaml": everywhere,
    "deploy/install.yaml": everywhere,
    "deploy/shared-agent.yaml": everywhere,
    "docs/guides/with-argo.md": everywhere,
    "benchmarks/package.json": everywhere,
    "e2e/package.json": everywhere,
    "plugins/hello/package.json": everywhere,
    "plugins/http-poll/package.json": everywhere,
    "plugins/slack/package.json": everywhere,
    "package-lock.json": ofWorkspaces,
    "CHANGELOG.md": (text, _before, after) =>
      text.replace("## Unreleased\n", `## Unreleased\n\n## ${after} (${date})\n`),
  };
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

// What comes from the registry may have the same version.
const ofWorkspaces: Stamp = (text, before, after) => {
  const lock = JSON.parse(text) as Lock;
  const entries = Object.entries(lock.packages).map(([path, entry]) => {
    if (path.startsWith("node_modules/")) return [path, entry] as const;
    const stamped = JSON.stringify(entry)
      .replace(`"version":"${before}"`, `"version":"${after}"`)
      .replaceAll(new RegExp(`("@?outrigger(?:/[a-z-]+)?"):"${before.replaceAll(".", "\\.")}"`, "g"), `$1:"${after}"`);
    return [path, JSON.parse(stamped) as typeof entry] as const;
  });
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, undefined, 2)}\n`;
};

export const STAMPED: readonly string[] = Object.keys(stamps(new Date(0)));

/** Puts the version that the packages have by now everywhere else; answers which files it has changed. */
export function stampFiles(root: string, { dryRun, today }: StampOptions): readonly string[] {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const { version: after } = JSON.parse(read("packages/types/package.json")) as { readonly version: string };
  const [, before = after] = /VERSION = "([^"]+)"/.exec(read("packages/types/src/version.ts")) ?? [];
  if (before === after) return [];
  return Object.entries(stamps(today)).flatMap(([path, stamp]) => {
    const text = read(path);
    const stamped = stamp(text, before, after);
    if (stamped !== text && !dryRun) writeFileSync(join(root, path), stamped);
    return stamped === text ? [] : [path];
  });
}
