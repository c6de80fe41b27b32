// `npm run generate`: the files that are made from code. A test fails when they differ from what this writes.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PAGES } from "./reference-pages.ts";

const root = dirname(import.meta.dirname);
for (const [path, page] of Object.entries(PAGES)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), page());
  console.log(path);
}
