// `npm run packages`, after a build: what npm would publish of each package resolves, with its types (publint, arethetypeswrong).
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./command.ts";

const root = dirname(import.meta.dirname);
const bin = (name: string): string => join(root, "node_modules/.bin", name);

const folders = globSync("packages/*/package.json", { cwd: root }).map(dirname).sort();
for (const folder of folders) {
  const cwd = join(root, folder);
  run([bin("publint"), "--strict"], { cwd });
  run([bin("attw"), "--pack", ".", "--profile", "esm-only", "--quiet"], { cwd });
}
console.log(`packages: ${folders.length} packages, all in order`);
