// `npm run bundle`: dist/bundle/{controller,agent}/main.mjs, which images are made of.
import { dirname, join } from "node:path";
import { bundleProcess } from "./bundle-process.ts";

const root = dirname(import.meta.dirname);

for (const name of ["controller", "agent"]) {
  await bundleProcess(join(root, "packages", name, "src/main.ts"), join(root, "dist/bundle", name));
  console.log(`dist/bundle/${name}/main.mjs`);
}
