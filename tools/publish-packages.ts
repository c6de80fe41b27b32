// `npm run publish-packages [-- npm's options]`, after a build: publishes every package, each with the licence in it.
import { copyFileSync, globSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./command.ts";

const root = dirname(import.meta.dirname);

/** `options` are those of `npm publish`. Answers the folders. */
export function publishPackages(options: readonly string[]): readonly string[] {
  const folders = globSync("packages/*/package.json", { cwd: root }).map(dirname).sort();
  for (const folder of folders) {
    const licence = join(root, folder, "LICENSE");
    copyFileSync(join(root, "LICENSE"), licence); // npm leaves out what is only linked to
    try {
      run(["npm", "publish", ...options], { cwd: join(root, folder) });
    } finally {
      rmSync(licence);
    }
  }
  return folders;
}

if (import.meta.main) for (const folder of publishPackages(process.argv.slice(2))) console.log(`${folder} published`);
