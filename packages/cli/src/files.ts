import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

const SKIPPED_FOLDERS = new Set(["node_modules", "dist"]);

/** Files at or below `root` whose names are wanted, in order; none where `root` does not exist. Hidden and made folders are left out. */
export async function filesBelow(root: string, wanted: (name: string) => boolean): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const here = entries.filter((entry) => entry.isFile() && wanted(entry.name)).map(({ name }) => join(root, name));
  const below = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED_FOLDERS.has(entry.name))
    .map((entry) => filesBelow(join(root, entry.name), wanted));
  return [...here, ...(await Promise.all(below)).flat()].sort();
}

/** A path as the user would type it. */
export function shown(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === "" ? "." : fromHere.startsWith("..") ? path : fromHere;
}
